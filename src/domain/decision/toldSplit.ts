import type { CohortPlan, CohortState, Untold } from "./model.ts";
import { fittedSplit, sameSplit } from "./split.ts";
import type { Split } from "./split.ts";

/**
 * What all of a cohort's machines are told after a decision that is carried out, able to run or not: as before where
 * those that are able stay. Those that are not get the lower mode, and come back in it.
 */
export function toldSplit(cohort: CohortPlan, state: CohortState, decision: Untold): Split {
  const { ableMachines, split, fromSplit } = decision;
  const stays = ableMachines === 0 || sameSplit(split, fromSplit);
  return fittedSplit(stays ? state.split : split, cohort.machines);
}
