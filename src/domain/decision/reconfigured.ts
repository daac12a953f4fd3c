import { pointForgotten } from "../inputs/facts.ts";
import type { CohortPlan, CohortState, SitePlan } from "./model.ts";
import { wholeSplit } from "./split.ts";
import type { ModeShare } from "./split.ts";
import type { SiteState } from "./siteStateModel.ts";
import { isSamePoint } from "../market/settlementPoint.ts";
import { economic } from "./rules/economic.ts";

/**
 * A site's state under a new plan. Cohorts keep their modes and their hold times where the plan still has them, else
 * they count as new, to be in their normal mode; prices of another settlement point are forgotten.
 * A freeze holds until somebody thaws it, also of a cohort that the plan lacks and that may come back.
 */
export function reconfigured(state: SiteState, before: SitePlan, plan: SitePlan): SiteState {
  return {
    ...state,
    cohorts: plan.cohorts.map((cohort) => cohortUnder(cohort, state)),
    ...(isSamePoint(before, plan) ? {} : pointForgotten()),
  };
}

function cohortUnder({ cohortId, machines, modes, normalModeId }: CohortPlan, state: SiteState): CohortState {
  const hasMode = (share: ModeShare): boolean => modes.some(({ modeId }) => modeId === share.modeId);
  const known = state.cohorts.find((one) => one.cohortId === cohortId);
  const rests = known?.onOneRun?.flatMap(({ from, to }) => [...from, ...to]) ?? [];
  if (known !== undefined && [...known.split, ...(known.leftSplit ?? []), ...rests].every(hasMode)) return known;
  return { cohortId, split: wholeSplit(normalModeId, machines), reason: economic.reason, unseen: {} };
}
