import { commandedMode } from "../decision/commandedMode.ts";
import type { CohortDecision, CohortPlan, DecisionRecord, SitePlan } from "../decision/model.ts";
import { UnitError } from "../units/instant.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import { wallPowerW } from "./wallPowerW.ts";

/** A line of the timeline that settlement reads, with the decision it follows from. */
export type TimelineChange = CohortChange & { readonly sequence: number };

/** A cohort whose line changes with a decision. */
export interface ChangedCohort {
  readonly cohort: CohortPlan;
  readonly decision: CohortDecision;
  readonly before?: TimelineChange;
  /**
   * Whether the machines able to run are counted now: they are while a cohort runs. Once it is curtailed, those that
   * were able to run stay its baseline, whatever becomes of them meanwhile.
   */
  readonly countsMachines: boolean;
}

/**
 * The cohorts whose commanded mode, or its reason, a decision changes against the newest line of each (`current`), in
 * the order of the decision. @throws UnitError for a cohort that the plan does not have.
 */
export function changedCohorts(
  plan: SitePlan,
  record: DecisionRecord,
  current: readonly TimelineChange[],
): ChangedCohort[] {
  const newest = new Map(current.map((change) => [change.cohortId, change]));
  return record.output.cohorts.flatMap((decision) => {
    const before = newest.get(decision.cohortId);
    if (before !== undefined && before.modeId === commandedMode(record, decision) && before.reason === decision.reason)
      return [];
    const cohort = plan.cohorts.find((one) => one.cohortId === decision.cohortId);
    if (cohort === undefined)
      throw new UnitError(
        `Decision ${record.sequence} names cohort ${decision.cohortId} of site ${record.siteId}, which this ` +
          `configuration does not have.`,
      );
    const countsMachines = before === undefined || before.modeId === cohort.normalModeId;
    return [{ cohort, decision, before, countsMachines }];
  });
}

/**
 * The line of a changed cohort, from the instant of the decision on; powers in wall W of one machine. `running`:
 * machines able to run at that instant, needed where `countsMachines`. @throws UnitError when they are needed and
 * missing, and for a mode that the cohort does not have.
 */
export function timelineChange(
  plan: SitePlan,
  record: DecisionRecord,
  { cohort, decision, before, countsMachines }: ChangedCohort,
  running: number | undefined,
): TimelineChange {
  const ableToRun = countsMachines ? running : before?.ableToRun;
  if (ableToRun === undefined)
    throw new UnitError(`timeline: cohort ${cohort.cohortId} needs a count of the machines that are able to run`);
  const modeId = commandedMode(record, decision);
  return {
    cohortId: cohort.cohortId,
    clientId: cohort.clientId,
    sequence: record.sequence,
    at: record.input.asOf,
    modeId,
    reason: decision.reason,
    ableToRun,
    normalPowerW: wallPowerW(plan, cohort, cohort.normalModeId),
    modePowerW: wallPowerW(plan, cohort, modeId),
  };
}
