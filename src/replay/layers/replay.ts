import type { LayerLog } from "../layerLog.ts";
import type { ReplayedRun } from "../replayer.ts";
import type { AuditLayer } from "./layer.ts";

/**
 * The present workflow code, shown the run's history, gives the same commands in the same order (Temporal's own
 * replay).
 */
function checkReplay(run: ReplayedRun, log: LayerLog): void {
  log.check();
  if (run.error !== undefined) log.find(run.run.file, "a history that the workflow code could have written", run.error);
}

export const replay = {
  name: "replay",
  what: "the workflow code could have written each history",
  needs: "replay",
  dependsOnBuild: true,
  check: (_site, log) => ({ replayed: (run) => checkReplay(run, log) }),
} as const satisfies AuditLayer;
