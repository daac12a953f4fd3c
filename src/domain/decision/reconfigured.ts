import type { CohortPlan, CohortState, SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/**
 * A site's state under a new plan. Cohorts keep their mode and its hold times where the plan still has that mode, else
 * they count as in their normal mode; prices of another settlement point are forgotten.
 * A freeze holds until somebody thaws it, also of a cohort that the plan lacks and that may come back.
 */
export function reconfigured(state: SiteState, before: SitePlan, plan: SitePlan): SiteState {
  const isSamePoint =
    before.settlementPoint === plan.settlementPoint && before.settlementPointType === plan.settlementPointType;
  return {
    ...state,
    cohorts: plan.cohorts.map((cohort) => cohortUnder(cohort, state)),
    ...(isSamePoint ? {} : { scedRuns: [], settled: [] }),
  };
}

function cohortUnder({ cohortId, modes, normalModeId }: CohortPlan, state: SiteState): CohortState {
  const hasMode = (id: string | undefined): boolean => id === undefined || modes.some(({ modeId }) => modeId === id);
  const known = state.cohorts.find((one) => one.cohortId === cohortId);
  if (known !== undefined && hasMode(known.modeId) && hasMode(known.leftModeId)) return known;
  return { cohortId, modeId: normalModeId, reason: "economic" };
}
