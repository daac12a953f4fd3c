import type { BaseSpan } from "./dispatchBase.ts";
import type { CohortTarget, DispatchBatch } from "./model.ts";

/** What a dispatch orders of one cohort, kW at the site meter by what its modes draw. */
export interface CohortChange {
  readonly cohortId: string;
  /** Negative sheds, of the machines that can follow; absent where nobody knows where its machines are. */
  readonly deltaKw?: number;
  /**
   * The most that its load may fall: a machine between two running modes may start anew in between, and one that was
   * not known to follow may follow.
   */
  readonly fallKw: number;
  /** The most that its load may rise. */
  readonly riseKw: number;
}

/**
 * What a dispatch orders of each cohort that it drives, against how the cohort was before: of every machine from its
 * mode then to the one it is told, also where that is none. A machine that the base does not know changes nothing.
 */
export function cohortChanges(
  targets: readonly CohortTarget[],
  batches: readonly DispatchBatch[],
  base: Readonly<Record<string, readonly BaseSpan[]>>,
): CohortChange[] {
  const shares = targets.flatMap((target) => target.shares);
  return [...Map.groupBy(batches, ({ cohortId }) => cohortId)].map(([cohortId, own]) => {
    let [deltaW, fallW, riseW] = [0, 0, 0];
    for (const { modeId, spans } of own) {
      const to = shares.find((share) => share.cohortId === cohortId && share.modeId === modeId);
      if (to === undefined) continue;
      const leftW = to.point.kind === "off" ? to.expectedW : 0;
      for (const span of spans) {
        for (const was of base[cohortId] ?? []) {
          const machines = Math.min(span.to, was.to) - Math.max(span.from, was.from);
          if (machines <= 0 || was.fromW === to.expectedW) continue;
          const isDown = to.expectedW < was.fromW;
          if (isDown ? was.canShed : was.canRestore) deltaW += machines * (to.expectedW - was.fromW);
          fallW += machines * Math.max(was.fromW - leftW, 0);
          riseW += machines * (isDown ? 0 : to.expectedW - was.fromW);
        }
      }
    }
    return { cohortId, deltaKw: deltaW / 1000, fallKw: fallW / 1000, riseKw: riseW / 1000 };
  });
}
