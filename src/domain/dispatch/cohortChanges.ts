import type { BaseSpan } from "./dispatchBase.ts";
import type { CohortTarget, DispatchBatch } from "./model.ts";

/** What a dispatch orders of one cohort, kW at the site meter by what its modes draw. */
export interface CohortChange {
  readonly cohortId: string;
  /** Negative sheds, of the machines that can follow. */
  readonly deltaKw: number;
  /**
   * The most that its load may fall: a machine between two running modes may start anew in between, and one that was
   * not known to follow may follow.
   */
  readonly fallKw: number;
  /** The most that its load may rise. */
  readonly riseKw: number;
}

type Base = Readonly<Record<string, readonly BaseSpan[]>>;

/**
 * What a dispatch orders of each cohort that it drives, against how the cohort was before (`base`): of every machine
 * from its mode then to the one it is told, also where that is none. Where it takes another back, `told` is where that
 * one was to lead: a machine may have been there meanwhile. A machine that the base does not know changes nothing.
 */
export function cohortChanges(
  targets: readonly CohortTarget[],
  batches: readonly DispatchBatch[],
  base: Base,
  told: Base = base,
): CohortChange[] {
  const shares = targets.flatMap((target) => target.shares);
  return [...Map.groupBy(batches, ({ cohortId }) => cohortId)].map(([cohortId, own]) => {
    const meanwhile = told[cohortId] ?? [];
    const known = base[cohortId] ?? [];
    // The one that is taken back knew of no machine that could follow: none of it has moved.
    const before = known.length > 0 ? known : meanwhile;
    const change = { cohortId, deltaKw: 0, fallKw: 0, riseKw: 0 };
    for (const { modeId, spans } of own) {
      const to = shares.find((share) => share.cohortId === cohortId && share.modeId === modeId);
      if (to === undefined) continue;
      for (const was of before) {
        for (const via of meanwhile) {
          const machines = spans.reduce((sum, span) => sum + shared(span, was, via), 0);
          const highestW = Math.max(via.fromW, to.expectedW);
          if (machines === 0 || (was.fromW === highestW && was.fromW === Math.min(via.fromW, to.expectedW))) continue;
          const isStraight = via.fromW === was.fromW || via.fromW === to.expectedW;
          const leastW = isStraight && to.point.kind === "off" ? to.expectedW : 0;
          const isFollowing = to.expectedW < was.fromW ? was.canShed : was.canRestore;
          if (isFollowing) change.deltaKw += (machines * (to.expectedW - was.fromW)) / 1000;
          change.fallKw += (machines * Math.max(was.fromW - leastW, 0)) / 1000;
          change.riseKw += (machines * Math.max(highestW - was.fromW, 0)) / 1000;
        }
      }
    }
    return change;
  });
}

/** Machines that stand in each of some spans. */
function shared(...spans: readonly { readonly from: number; readonly to: number }[]): number {
  const from = Math.max(...spans.map((span) => span.from));
  const to = Math.min(...spans.map((span) => span.to));
  return Math.max(to - from, 0);
}
