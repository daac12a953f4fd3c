import type { CohortChange } from "./cohortChanges.ts";

/** What the commands of a dispatch may take off the load. */
export interface OrderedFall {
  /** kW at the site meter. */
  readonly mayFallKw: number;
  /** Cohorts of which a machine changes its mode. */
  readonly cohortIds: readonly string[];
}

/** The most that a dispatch's commands take off the load, by what it orders of each cohort (`cohortChanges`). */
export function mostFall(changes: readonly CohortChange[]): OrderedFall {
  const moved = changes.filter(({ fallKw, riseKw }) => fallKw > 0 || riseKw > 0);
  return {
    mayFallKw: moved.reduce((kw, { fallKw }) => kw + fallKw, 0),
    cohortIds: moved.map(({ cohortId }) => cohortId),
  };
}
