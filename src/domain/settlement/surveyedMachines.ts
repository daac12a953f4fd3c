import type { DecisionRecord } from "../decision/model.ts";
import type { ChangedCohort } from "./timelineModel.ts";

const NONE = 0;

/**
 * Machines of a changed cohort that were able to run, as far as the survey that its decision knew tells: one that the
 * survey could not read keeps the count of its line. Undefined where there is neither, or the line says that none was
 * there: the fleet's ledger counts them. Machines
 * that slept before Ballast ever told them anything were not curtailed by it, and do not count until they are told to
 * run.
 */
export function surveyedMachines(
  { input }: DecisionRecord,
  { decision, before }: Pick<ChangedCohort, "decision" | "before">,
): number | undefined {
  const { fleetAble } = input.facts;
  if (fleetAble === undefined) return undefined;
  const isSurveyed = fleetAble.cohorts.some(({ cohortId }) => cohortId === decision.cohortId);
  if (isSurveyed) return Math.max(decision.ableMachines - idleOf(input, decision), 0);
  return before === undefined || before.ableToRun === 0 ? undefined : before.ableToRun;
}

function idleOf({ cohorts }: DecisionRecord["input"], { cohortId }: ChangedCohort["decision"]): number {
  return cohorts.find((one) => one.cohortId === cohortId)?.idleMachines ?? NONE;
}
