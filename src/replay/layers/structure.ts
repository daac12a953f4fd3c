import { checkLink, type RunEnds } from "../../domain/evidence/checkLink.ts";
import { checkRun } from "../../domain/evidence/checkRun.ts";
import { memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedRun } from "../openRun.ts";
import { activityResultOf } from "../siteHistory.ts";

/** Skeleton of each run and the joints between runs. One object over all runs of a bundle, in order. */
export class StructureCheck {
  readonly #siteId: string;
  readonly #log: LayerLog;
  #previous: RunEnds | undefined;

  constructor(siteId: string, log: LayerLog) {
    this.#siteId = siteId;
    this.#log = log;
  }

  onRun({ run, events }: OpenedRun): void {
    const { checked, findings, notes } = checkRun(run, events);
    this.#log.check(checked);
    this.#log.findings.push(...findings);
    this.#log.notes.push(...notes);
    const [started, last] = [events[0], events.at(-1)];
    if (started === undefined || last === undefined) return;
    const ends = { run, started, last };
    this.#checkExport(run.file, events);
    this.#log.findings.push(...checkLink(this.#previous, ends));
    this.#log.check();
    this.#log.same(`${run.file} workflow type`, "runSite", textAt(started.attributes, "workflowType", "name"));
    this.#log.same(`${run.file} workflow id`, `site/${this.#siteId}`, run.workflowId);
    this.#previous = ends;
  }

  /**
   * Each run wrote down the digest and the chain hash of the one before when it exported it: the chain stands in the
   * histories too.
   */
  #checkExport(file: string, events: OpenedRun["events"]): void {
    const before = this.#previous?.run;
    if (before === undefined) return;
    for (const event of events) {
      const done = activityResultOf(event, events);
      if (done?.type !== "exportRun") continue;
      const { sequence, digest, chainHash } = before;
      for (const [member, value] of Object.entries({ sequence, digest, chainHash }))
        this.#log.same(
          `${file} event ${event.eventId} ${member} of run ${sequence} as exported`,
          memberAt(done.result, member),
          value,
        );
    }
  }
}
