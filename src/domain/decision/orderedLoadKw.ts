import { type Counted, frameOf, kwAt } from "./frame.ts";
import type { SitePlan } from "./model.ts";
import { constantKw } from "./siteKw.ts";

/**
 * What a site is ordered to take, kW at the site meter: those machines of some of its cohorts that are able to run, or,
 * where none are named, those of all with the firm and house load. @throws UnitError when state and plan do not name
 * the same cohorts and modes.
 */
export function orderedLoadKw(plan: SitePlan, counted: Counted, cohortIds: readonly string[] | undefined): number {
  const machinesKw = plan.cohorts
    .filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true)
    .map((cohort) => frameOf(plan, cohort, counted))
    .reduce((kw, frame) => kw + kwAt(frame, frame.current), 0);
  return cohortIds === undefined ? machinesKw + constantKw(plan) : machinesKw;
}
