import type { BaseSpan } from "./dispatchBase.ts";
import type { CohortTarget, DispatchBatch } from "./model.ts";

/** What the commands of a dispatch may take off the load. */
export interface OrderedFall {
  /** kW at the site meter. */
  readonly mayFallKw: number;
  /** Cohorts of which a machine changes its mode. */
  readonly cohortIds: readonly string[];
}

/**
 * The most that a dispatch's commands take off the load, kW: of each machine that is told another mode all that it drew
 * there, less what it draws when it is off where it is told that. For a machine that changes between two modes in which
 * it runs may start anew in between; and one that was not known to follow may follow.
 */
export function mostFall(
  targets: readonly CohortTarget[],
  batches: readonly DispatchBatch[],
  base: Readonly<Record<string, readonly BaseSpan[]>>,
): OrderedFall {
  const shares = targets.flatMap((target) => target.shares);
  const cohortIds = new Set<string>();
  let watts = 0;
  for (const { cohortId, modeId, spans } of batches) {
    const to = shares.find((share) => share.cohortId === cohortId && share.modeId === modeId);
    if (to === undefined) continue;
    for (const span of spans) {
      for (const was of base[cohortId] ?? []) {
        const machines = Math.min(span.to, was.to) - Math.max(span.from, was.from);
        if (machines <= 0 || was.fromW === to.expectedW) continue;
        cohortIds.add(cohortId);
        const leftW = to.point.kind === "off" ? to.expectedW : 0;
        watts += machines * Math.max(was.fromW - leftW, 0);
      }
    }
  }
  return { mayFallKw: watts / 1000, cohortIds: [...cohortIds] };
}
