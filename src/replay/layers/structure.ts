import { checkLink, type RunEnds } from "../../domain/evidence/checkLink.ts";
import { checkRun } from "../../domain/evidence/checkRun.ts";
import { textAt } from "../../domain/evidence/historyEvent.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedRun } from "../openRun.ts";

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
    this.#log.findings.push(...checkLink(this.#previous, ends));
    this.#log.check();
    this.#log.same(`${run.file} workflow type`, "runSite", textAt(started.attributes, "workflowType", "name"));
    this.#log.same(`${run.file} workflow id`, `site/${this.#siteId}`, run.workflowId);
    this.#previous = ends;
  }
}
