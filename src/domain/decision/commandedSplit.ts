import type { CohortDecision, DecisionRecord } from "./model.ts";
import type { Split } from "./split.ts";
import type { CohortId } from "../units/ids.ts";

/**
 * What all of a cohort's machines are commanded to after a decision, able to run or not: its target where the decision
 * commands the fleet, else what they were told before. What a cohort that Ballast may not command should do is in the
 * output alone.
 */
export function commandedSplit(
  { dispatch, input }: DecisionRecord,
  { cohortId, fromSplit }: Pick<CohortDecision, "cohortId" | "fromSplit">,
): Split {
  const isIts = (one: { readonly cohortId: CohortId }): boolean => one.cohortId === cohortId;
  return dispatch?.targets.find(isIts)?.split ?? input.cohorts.find(isIts)?.split ?? fromSplit;
}
