import type { Instant } from "../units/instant.ts";
import type { CohortDecision, CohortState } from "./model.ts";

/** State of a commanded cohort after a decision at `asOf`: a change of mode restarts its hold times. */
export function cohortAfter(state: CohortState, decision: CohortDecision, asOf: Instant): CohortState {
  if (decision.modeId === state.modeId) return { ...state, reason: decision.reason };
  return {
    cohortId: state.cohortId,
    modeId: decision.modeId,
    since: asOf,
    leftModeId: state.modeId,
    movedBy: decision.reason,
    reason: decision.reason,
  };
}
