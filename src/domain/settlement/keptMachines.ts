import type { DecisionRecord } from "../decision/model.ts";
import { machinesOf } from "../decision/split.ts";
import type { Split } from "../decision/split.ts";
import { addSeconds } from "../units/instant.ts";
import { belowNormal } from "./belowNormal.ts";
import { surveyedMachines } from "./surveyedMachines.ts";
import type { ChangedCohort } from "./timelineModel.ts";

/** Market seconds from a cohort's last move for which a machine that is silent counts as off by that order. */
const KEPT_SECONDS = 86_400;

/**
 * Machines of a curtailed cohort that count as able to run. Of those that are to run (`held`, over the plan's), as many
 * as the survey counts. Of those that are off or slowed, the ones that were so before and the ones that ran and are
 * ordered down now, answering or not: nobody can know whether a machine that is off is dead. So one that answers no
 * longer while it is curtailed stays in the count, one that ran does not, and one that is repaired meanwhile waits. A
 * day after the cohort's last move, and once nothing holds it down, those count that the survey does.
 */
export function keptMachines(
  record: DecisionRecord,
  changed: Pick<ChangedCohort, "cohort" | "decision"> & { readonly before: NonNullable<ChangedCohort["before"]> },
  held: Split,
): number {
  const { cohort, before } = changed;
  const surveyed = surveyedMachines(record, changed);
  if (surveyed === undefined) return before.ableToRun;
  const since = record.input.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.since;
  const isOver = since !== undefined && addSeconds(since, KEPT_SECONDS) <= record.input.asOf;
  const heldDown = belowNormal(cohort, held);
  if (isOver || heldDown === 0) return surveyed;
  const wereDown = belowNormal(cohort, before.split);
  const running = Math.min(machinesOf(held) - heldDown, surveyed);
  const ordered = wereDown + Math.max(before.ableToRun - wereDown - running, 0);
  const down = Math.min(ordered, Math.max(surveyed - running, Math.min(wereDown, heldDown)));
  return Math.min(running + down, Math.max(before.ableToRun, surveyed));
}
