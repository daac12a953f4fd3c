import { commandedMode } from "../decision/commandedMode.ts";
import type { CohortDecision, CohortPlan, DecisionRecord, SitePlan } from "../decision/model.ts";
import { UnitError } from "../units/instant.ts";
import type { CohortChange } from "./curtailedSpans.ts";
import { feederPowerW } from "./feederPowerW.ts";

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
 * The cohorts whose line a decision changes against the newest line of each (`current`), in the order of the decision:
 * by another commanded mode or reason, or because the plan has another client, other powers, cooling metered elsewhere
 * or fewer machines than the line. A cohort that the plan lacks is told by `leftCohorts`.
 * @throws UnitError for a cohort that neither the plan nor `current` has.
 */
export function changedCohorts(
  plan: SitePlan,
  record: DecisionRecord,
  current: readonly TimelineChange[],
): ChangedCohort[] {
  const newest = newestLines(current);
  return record.output.cohorts.flatMap((decision) => {
    const before = newest.get(decision.cohortId);
    const cohort = plan.cohorts.find((one) => one.cohortId === decision.cohortId);
    if (cohort === undefined && before === undefined)
      throw new UnitError(
        `Decision ${record.sequence} names cohort ${decision.cohortId} of site ${record.siteId}, which this ` +
          `configuration does not have.`,
      );
    if (cohort === undefined || (before !== undefined && holds(plan, record, { cohort, decision, before }))) return [];
    const countsMachines =
      before === undefined || before.modeId === cohort.normalModeId || before.ableToRun === NOT_THERE;
    return [{ cohort, decision, before, countsMachines }];
  });
}

/**
 * The lines with which cohorts leave the timeline that the plan of a decision lacks: without a machine able to run they
 * have no baseline and no curtailed energy.
 */
export function leftCohorts(
  plan: SitePlan,
  record: DecisionRecord,
  current: readonly TimelineChange[],
): TimelineChange[] {
  return [...newestLines(current).values()]
    .filter(({ cohortId, ableToRun }) => ableToRun > 0 && !plan.cohorts.some((one) => one.cohortId === cohortId))
    .map((line) => ({ ...line, sequence: record.sequence, at: record.input.asOf, ableToRun: NOT_THERE }));
}

/**
 * The line of a changed cohort, from the instant of the decision on; powers of one machine at its client's feeder, W,
 * with the factor they are counted by. `running`:
 * machines able to run at that instant, needed where `countsMachines`; never more than the plan has. @throws UnitError
 * when they are needed and missing, and for a mode that the cohort does not have.
 */
export function timelineChange(
  plan: SitePlan,
  record: DecisionRecord,
  { cohort, decision, before, countsMachines }: ChangedCohort,
  running: number | undefined,
): TimelineChange {
  const known = countsMachines ? running : before?.ableToRun;
  if (known === undefined)
    throw new UnitError(`timeline: cohort ${cohort.cohortId} needs a count of the machines that are able to run`);
  const modeId = commandedMode(record, decision);
  return {
    cohortId: cohort.cohortId,
    clientId: cohort.clientId,
    sequence: record.sequence,
    at: record.input.asOf,
    modeId,
    reason: decision.reason,
    ableToRun: known < cohort.machines ? known : cohort.machines,
    normalPowerW: feederPowerW(plan, cohort, cohort.normalModeId),
    modePowerW: feederPowerW(plan, cohort, modeId),
    ...(cohort.feederPue === undefined ? {} : { feederPue: cohort.feederPue }),
  };
}

/** Machines of a cohort that has left the site. */
const NOT_THERE = 0;

function newestLines(current: readonly TimelineChange[]): Map<string, TimelineChange> {
  return new Map(current.map((line) => [line.cohortId, line]));
}

/** Whether the newest line of a cohort says what the decision and the plan say. */
function holds(
  plan: SitePlan,
  record: DecisionRecord,
  { cohort, decision, before }: { cohort: CohortPlan; decision: CohortDecision; before: TimelineChange },
): boolean {
  const modeId = commandedMode(record, decision);
  // decided by a plan that had this mode: what follows is told by the first decision of this plan
  if (!cohort.modes.some((mode) => mode.modeId === modeId)) return true;
  return (
    before.modeId === modeId &&
    before.reason === decision.reason &&
    before.clientId === cohort.clientId &&
    before.ableToRun <= cohort.machines &&
    before.feederPue === cohort.feederPue &&
    before.normalPowerW === feederPowerW(plan, cohort, cohort.normalModeId) &&
    before.modePowerW === feederPowerW(plan, cohort, modeId)
  );
}
