import { addSeconds, type Instant } from "../units/instant.ts";
import { holdSeconds } from "./hold.ts";
import type { CohortPlan, CohortState, Untold } from "./model.ts";
import { fittedSplit, machinesOf, positionOf, sameSplit } from "./split.ts";

/**
 * State of a commanded cohort after a decision at `asOf`: a change of modes restarts its hold times, and one that turns
 * only a part of the cohort back does not end the hold of the rest. Machines that came or went are no change, and while
 * none is able to run the cohort stays where it was.
 * @throws UnitError when the plan lacks a mode that the decision names.
 */
export function cohortAfter(cohort: CohortPlan, state: CohortState, decision: Untold, asOf: Instant): CohortState {
  const { split, fromSplit, reason } = decision;
  if (decision.ableMachines === 0) return { ...state, reason };
  if (sameSplit(split, fromSplit)) return { ...state, split, reason };
  const turnedFrom = turnedAt(cohort, state, decision);
  const isHeld = turnedFrom !== undefined && addSeconds(turnedFrom, holdSeconds(cohort, isUp(cohort, decision))) > asOf;
  return {
    cohortId: state.cohortId,
    split,
    since: asOf,
    leftSplit: fromSplit,
    ...(isHeld ? { turnedFrom } : {}),
    movedBy: reason,
    reason,
  };
}

/** When a cohort last moved against the way that a decision moves it; undefined where no machine is left to follow. */
function turnedAt(cohort: CohortPlan, state: CohortState, decision: Untold): Instant | undefined {
  const { split, fromSplit } = decision;
  const able = machinesOf(split);
  const isUpNow = isUp(cohort, decision);
  if (positionOf(cohort, split) === (isUpNow ? (cohort.modes.length - 1) * able : 0)) return undefined;
  const left = state.leftSplit === undefined ? [] : fittedSplit(state.leftSplit, able);
  if (left.length === 0 || !left.every(({ modeId }) => cohort.modes.some((mode) => mode.modeId === modeId)))
    return undefined;
  const wasUp = positionOf(cohort, left) < positionOf(cohort, fromSplit);
  return wasUp === isUpNow ? state.turnedFrom : state.since;
}

function isUp(cohort: CohortPlan, { split, fromSplit }: Untold): boolean {
  return positionOf(cohort, split) > positionOf(cohort, fromSplit);
}
