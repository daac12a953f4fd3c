import { addSeconds, type Instant } from "../units/instant.ts";
import { afterSight, isToldAgain, keepsAsleep } from "./firstSight.ts";
import { holdSeconds } from "./hold.ts";
import type { CohortPlan, CohortState, Untold } from "./model.ts";
import { toldPositions } from "./hold.ts";
import { machinesOf, positionOf, sameSplit } from "./split.ts";
import { toldSplit } from "./toldSplit.ts";

/**
 * State of a commanded cohort after a decision at `asOf`: a change of modes restarts its hold times, and one that turns
 * only a part of the cohort back does not end the hold of the rest. Machines that came or went are no change, and while
 * none is able to run the cohort stays where it was.
 * @throws UnitError when the plan lacks a mode that the decision names.
 */
export function cohortAfter(cohort: CohortPlan, state: CohortState, decision: Untold, asOf: Instant): CohortState {
  const { ableMachines, split, fromSplit, reason, onOneRun } = decision;
  const { onOneRun: _onOneRun, unseen: _unseen, found: _found, idleMachines: _idle, ...before } = state;
  const told = toldSplit(cohort, state, decision);
  const isMoved = ableMachines > 0 && !sameSplit(split, fromSplit);
  const rests = {
    ...(onOneRun === undefined ? {} : { onOneRun }),
    ...afterSight(cohort, state, isMoved || isToldAgain(decision) ? told : undefined, keepsAsleep(decision)),
  };
  if (ableMachines === 0) return { ...before, reason, ...rests };
  if (!isMoved) return { ...before, split: told, ableMachines, reason, ...rests };
  const turnedFrom = turnedAt(cohort, state, decision);
  const isHeld = turnedFrom !== undefined && addSeconds(turnedFrom, holdSeconds(cohort, isUp(cohort, decision))) > asOf;
  return {
    cohortId: state.cohortId,
    split: told,
    ableMachines,
    since: asOf,
    leftSplit: state.split,
    ...(isHeld ? { turnedFrom } : {}),
    reason,
    ...rests,
  };
}

/** When a cohort last moved against the way that a decision moves it; undefined where no machine is left to follow. */
function turnedAt(cohort: CohortPlan, state: CohortState, decision: Untold): Instant | undefined {
  const { split } = decision;
  const able = machinesOf(split);
  const isUpNow = isUp(cohort, decision);
  if (positionOf(cohort, split) === (isUpNow ? (cohort.modes.length - 1) * able : 0)) return undefined;
  const told = toldPositions(cohort, state);
  if (told === undefined) return undefined;
  return told.left < told.at === isUpNow ? state.turnedFrom : state.since;
}

function isUp(cohort: CohortPlan, { split, fromSplit }: Untold): boolean {
  return positionOf(cohort, split) > positionOf(cohort, fromSplit);
}
