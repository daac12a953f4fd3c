import { checkLink, type RunEnds } from "../../domain/evidence/checkLink.ts";
import { checkRun } from "../../domain/evidence/checkRun.ts";
import type { EvidenceRun, Mismatch } from "../../domain/evidence/model.ts";
import { memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedRun } from "../openRun.ts";
import type { OpenedGap } from "../openGap.ts";
import { childResultOf, runStart } from "../siteHistory.ts";
import type { AuditLayer } from "./layer.ts";

/** Skeleton of each run and the joints between runs. One object over all runs of a bundle, in order. */
export class StructureCheck {
  readonly #siteId: string;
  readonly #log: LayerLog;
  #previous: RunEnds | undefined;
  /** Findings about the last run's end, which a run that was recovered from it takes for explained. */
  #cutOff: Mismatch[] = [];
  #gapBefore: EvidenceRun | undefined;

  constructor(siteId: string, log: LayerLog) {
    this.#siteId = siteId;
    this.#log = log;
  }

  onRun({ run, events }: OpenedRun): void {
    const { checked, findings, cutOff, notes } = checkRun(run, events);
    this.#log.check(checked);
    this.#log.found(findings);
    this.#log.notes.push(...notes);
    const [started, last] = [events[0], events.at(-1)];
    if (started === undefined || last === undefined) return;
    const ends = { run, started, last };
    this.#checkExport(run.file, events);
    this.#link(ends);
    this.#cutOff = [...cutOff];
    this.#log.check();
    this.#log.same(`${run.file} workflow type`, "runSite", textAt(started.attributes, "workflowType", "name"));
    this.#log.same(`${run.file} workflow id`, `site/${this.#siteId}`, run.workflowId);
    this.#previous = ends;
    this.#gapBefore = undefined;
  }

  /** A gap says by its own word that a run is missing: its neighbors cannot be held against it. */
  onGap({ run, gap }: OpenedGap): void {
    this.#log.check();
    for (const { where, found } of this.#cutOff)
      this.#log.note(`${where}: ${found}; the run after it is lost, on the word of ${gap.actor}`);
    this.#cutOff = [];
    this.#previous = undefined;
    this.#gapBefore = run;
  }

  /** After the last of the manifest's runs: one that was cut off and not recovered from stays a finding. */
  end(runs: number): void {
    this.#log.check();
    if (runs === 0) this.#log.find("manifest.json runs", "a closed run that something could follow from", "none");
    this.#log.found(this.#cutOff);
    this.#cutOff = [];
  }

  #link(next: RunEnds): void {
    const recovered = runStart(next.started).recovered;
    const { run } = next;
    if (this.#gapBefore !== undefined) {
      this.#log.same(`${run.file} sequence`, this.#gapBefore.sequence + 1, run.sequence);
      return;
    }
    const previous = this.#previous;
    if (previous === undefined || recovered === undefined || this.#cutOff.length === 0) {
      this.#log.found([...this.#cutOff, ...checkLink(previous, next)]);
      return;
    }
    this.#log.same(`${run.file} sequence`, previous.run.sequence + 1, run.sequence);
    this.#log.same(`${run.file} run it was recovered from`, previous.run.runId, recovered.runId);
    this.#log.note(
      `${previous.run.file} was cut off (${previous.last.type}) and the site recovered from its records on the word ` +
        `of ${recovered.actor}: ${recovered.cause}`,
    );
  }

  /**
   * Each run wrote down the digest and the chain hash of the one before when that was exported while it was open: the
   * chain stands in the histories too.
   */
  #checkExport(file: string, events: OpenedRun["events"]): void {
    const before = this.#previous?.run;
    if (before === undefined) return;
    for (const event of events) {
      const done = childResultOf(event);
      if (done?.workflowId !== `export/${this.#siteId}/${before.runId}`) continue;
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

export const structure = {
  name: "structure",
  what: "histories are whole, closed, and follow each other",
  needs: "histories",
  dependsOnBuild: false,
  check({ bundle: { manifest } }, log) {
    const check = new StructureCheck(manifest.siteId, log);
    return {
      unopened: ({ file }, expected, problem) => log.find(file, expected, problem),
      opened: (run) => check.onRun(run),
      gap: (gap) => check.onGap(gap),
      end: () => check.end(manifest.runs.length),
    };
  },
} as const satisfies AuditLayer;
