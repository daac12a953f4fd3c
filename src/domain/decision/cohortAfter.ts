import type { Instant } from "../units/instant.ts";
import type { CohortDecision, CohortState } from "./model.ts";
import { sameSplit } from "./split.ts";

/**
 * State of a commanded cohort after a decision at `asOf`: a change of modes restarts its hold times. Machines that came
 * or went are no change, and while none is able to run the cohort stays where it was.
 */
export function cohortAfter(state: CohortState, decision: CohortDecision, asOf: Instant): CohortState {
  const { split, fromSplit, reason } = decision;
  if (decision.ableMachines === 0) return { ...state, reason };
  if (sameSplit(split, fromSplit)) return { ...state, split, reason };
  return { cohortId: state.cohortId, split, since: asOf, leftSplit: fromSplit, movedBy: reason, reason };
}
