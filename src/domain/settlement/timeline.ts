import { commandedSplit } from "../decision/commandedSplit.ts";
import type { DecisionRecord, SitePlan } from "../decision/model.ts";
import { UnitError } from "../units/instant.ts";
import { feederPowerW } from "./feederPowerW.ts";
import { attributedOf, feederCurtailed } from "./feederCurtailed.ts";
import { countedSplit } from "./countedSplit.ts";
import { heldSplit } from "./heldSplit.ts";
import { keptMachines } from "./keptMachines.ts";
import { surveyedMachines } from "./surveyedMachines.ts";
import type { ChangedCohort, TimelineChange } from "./timelineModel.ts";
import { sameSplit } from "../decision/split.ts";

/**
 * The cohorts whose line a decision changes against the newest line of each (`current`), in the order of the decision:
 * by other commanded modes or reasons, or because the plan has another client, other powers, cooling metered elsewhere
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
    if (cohort === undefined) return [];
    const countsMachines = before === undefined || before.ableToRun === NOT_THERE || before.curtailed.length === 0;
    const changed = { cohort, decision, before, countsMachines };
    return before !== undefined && holds(plan, record, changed, before) ? [] : [changed];
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
    .map((line) => ({
      ...line,
      sequence: record.sequence,
      at: record.input.asOf,
      split: [],
      curtailed: [],
      ableToRun: NOT_THERE,
    }));
}

/**
 * The line of a changed cohort, from the instant of the decision on; powers of one machine at its client's feeder, W,
 * with the factor they are counted by. `running`:
 * machines able to run at that instant, needed where `countsMachines`; never more than the plan has. Undefined where
 * the count leaves the cohort's line as it is. @throws UnitError
 * when they are needed and missing, and for a mode that the cohort does not have.
 */
export function timelineChange(
  plan: SitePlan,
  record: DecisionRecord,
  changed: ChangedCohort,
  running: number | undefined,
): TimelineChange | undefined {
  const { before } = changed;
  const known = kept(plan, record, changed) ?? running;
  if (known === undefined)
    throw new UnitError(
      `timeline: cohort ${changed.cohort.cohortId} needs a count of the machines that are able to run`,
    );
  const line = lineOf(plan, record, changed, known);
  return before !== undefined && saysTheSame(before, line) ? undefined : line;
}

function lineOf(plan: SitePlan, record: DecisionRecord, changed: ChangedCohort, known: number): TimelineChange {
  const { cohort, decision } = changed;
  const ableToRun = known < cohort.machines ? known : cohort.machines;
  const split = countedSplit(cohort, heldSplit(plan, cohort, record, decision), decision, ableToRun);
  const attributed = attributedOf(changed, ableToRun);
  return {
    cohortId: cohort.cohortId,
    clientId: cohort.clientId,
    sequence: record.sequence,
    at: record.input.asOf,
    split,
    reason: decision.ifAble?.reason ?? decision.reason,
    curtailed: feederCurtailed(plan, cohort, attributed, split),
    ableToRun,
    normalPowerW: feederPowerW(plan, cohort, cohort.normalModeId),
    ...(cohort.feederPue === undefined ? {} : { feederPue: cohort.feederPue }),
  };
}

/** Machines of a cohort that has left the site. */
const NOT_THERE = 0;

function newestLines(current: readonly TimelineChange[]): Map<string, TimelineChange> {
  return new Map(current.map((line) => [line.cohortId, line]));
}

/** Whether the newest line of a cohort says what the decision and the plan say. */
function holds(plan: SitePlan, record: DecisionRecord, changed: ChangedCohort, before: TimelineChange): boolean {
  const { cohort, decision } = changed;
  const wanted = [...commandedSplit(record, decision), ...(decision.ifAble?.split ?? [])];
  // decided by a plan that had this mode: what follows is told by the first decision of this plan
  if (!wanted.every((share) => cohort.modes.some(({ modeId }) => modeId === share.modeId))) return true;
  if (before.ableToRun === NOT_THERE) return false;
  const count = kept(plan, record, changed) ?? surveyedMachines(record, changed) ?? before.ableToRun;
  return saysTheSame(before, lineOf(plan, record, changed, count));
}

/** The count of a cohort that is not counted now; undefined for one that is. */
function kept(plan: SitePlan, record: DecisionRecord, changed: ChangedCohort): number | undefined {
  const { cohort, decision, before, countsMachines } = changed;
  if (countsMachines || before === undefined) return undefined;
  return keptMachines(record, { cohort, decision, before }, heldSplit(plan, cohort, record, decision));
}

function saysTheSame(one: TimelineChange, other: TimelineChange): boolean {
  return (
    one.reason === other.reason &&
    one.clientId === other.clientId &&
    one.ableToRun === other.ableToRun &&
    one.feederPue === other.feederPue &&
    one.normalPowerW === other.normalPowerW &&
    sameSplit(one.split, other.split) &&
    one.curtailed.length === other.curtailed.length &&
    one.curtailed.every(({ reason, belowNormalW }, i) => {
      const part = other.curtailed[i];
      return reason === part?.reason && belowNormalW === part.belowNormalW;
    })
  );
}
