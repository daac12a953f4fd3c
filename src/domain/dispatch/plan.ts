import { isCommanded } from "../decision/isCommanded.ts";
import type { CohortPlan, DecisionRecord, DispatchTarget, OperatingMode, SitePlan } from "../decision/model.ts";
import { fittedSplit, machinesOf, sameSplit, wholeSplit } from "../decision/split.ts";
import type { Split } from "../decision/split.ts";
import { addSeconds } from "../units/instant.ts";
import type { CohortTarget, DispatchPlan, ShareTarget } from "./model.ts";

/** A decision that cannot be turned into commands; the message names the cohort or setting and what was expected. */
export class DispatchPlanError extends Error {
  override name = "DispatchPlanError";
}

export interface DispatchPlanInput {
  readonly plan: SitePlan;
  readonly record: DecisionRecord;
  /** Machines per batch, ≥ 1. */
  readonly batchSize: number;
  /** Market seconds from the decision until the meter must show the change. */
  readonly deadlineSeconds: number;
  /** The dispatch before this one has not been confirmed: every cohort is driven to its target, changed or not. */
  readonly unconfirmed?: boolean;
}

/** One cohort's way from the modes it is in to those decided. */
interface Move {
  readonly cohort: CohortPlan;
  readonly target: CohortTarget;
  /** kW at the wall, negative sheds. */
  readonly deltaKw: number;
}

/**
 * Commands of one decision: a target per cohort, driven where the cohort changes or its machines are placed again (all,
 * when the dispatch before is unconfirmed), some are able to run, and it may be commanded (`control: act`, not locked
 * out). Load goes down before any comes back; down in falling, up in rising J/TH at the normal mode, as fleet
 * controllers of the field do. Which machines of a cohort are meant is settled when the dispatch is opened. Powers are
 * wall watts (machine W × PUE), `expectedDeltaKw` is negative for a shed.
 * @throws DispatchPlanError when the record carries no dispatch, or names a cohort or mode that the site plan does not
 * have.
 */
export function planDispatch(input: DispatchPlanInput): DispatchPlan {
  const { plan, record, batchSize, deadlineSeconds } = input;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new DispatchPlanError(`dispatch: batchSize must be a whole number ≥ 1, got ${batchSize}`);
  if (!(deadlineSeconds > 0))
    throw new DispatchPlanError(`dispatch: deadlineSeconds must be above 0, got ${deadlineSeconds}`);
  if (!record.dispatch)
    throw new DispatchPlanError(
      `dispatch: decision ${record.sequence} of site ${record.siteId} commands nothing: no "dispatch" in its record`,
    );
  if (record.siteId !== plan.siteId)
    throw new DispatchPlanError(`dispatch: decision of site ${record.siteId} against the plan of site ${plan.siteId}`);
  const moves = record.dispatch.targets.map((target) => moveOf(input, target));
  const driven = moves.filter(({ target }) => target.isDriven);
  return {
    siteId: plan.siteId,
    revision: record.dispatch.revision,
    decidedAt: record.input.asOf,
    deadline: addSeconds(record.input.asOf, deadlineSeconds),
    targets: [...inOrder(driven), ...moves.filter((move) => !driven.includes(move))].map(({ target }) => target),
    batchSize,
    expectedDeltaKw: driven.reduce((sumKw, { deltaKw }) => sumKw + deltaKw, 0),
  };
}

function moveOf({ plan, record, unconfirmed }: DispatchPlanInput, decided: DispatchTarget): Move {
  const { cohortId } = decided;
  const cohort = plan.cohorts.find((one) => one.cohortId === cohortId);
  if (!cohort) throw new DispatchPlanError(`dispatch: site ${plan.siteId} has no cohort "${cohortId}"`);
  const { ableMachines, split, fromSplit, found, keptAsleep } = decided;
  const wasAt = found ?? keptAsleep ?? fromSplit;
  const wallW = (modeId: string): number => modeOf(cohort, modeId).powerW * plan.pue;
  const wattsOf = (at: Split): number =>
    at.reduce((watts, { modeId, machines }) => watts + machines * wallW(modeId), 0);
  const shares = split.map(({ modeId, machines }): ShareTarget => ({
    cohortId,
    modeId,
    point: modeOf(cohort, modeId).setpoint,
    machines,
    expectedW: wallW(modeId),
    restores: modeId === cohort.normalModeId,
  }));
  const before = wasAt.map(({ modeId, machines }) => ({ modeId, machines, fromW: wallW(modeId) }));
  const isCommandedNow = isCommanded(plan, cohort, record.input.facts.frozenCohorts);
  const isTold =
    unconfirmed === true || decided.placesAgain === true || found !== undefined || !sameSplit(split, fromSplit);
  const able = fittedSplit(split, ableMachines);
  const isDriven = isCommandedNow && ableMachines > 0 && isTold;
  return {
    cohort,
    target: {
      cohortId,
      machines: cohort.machines,
      shares,
      before,
      ...(keptAsleep === undefined ? {} : { keepsAsleep: true }),
      isDriven,
    },
    deltaKw:
      (wattsOf(keptAsleep === undefined ? able : withSleepers(cohort, able, keptAsleep)) -
        wattsOf(found ?? keptAsleep ?? fittedSplit(fromSplit, ableMachines))) /
      1000,
  };
}

/** What a split comes to where those found asleep stay so: the highest modes have as many as run. */
function withSleepers(cohort: CohortPlan, split: Split, found: Split): Split {
  const off = cohort.modes[0]?.modeId as string;
  const isOff = ({ modeId }: Split[number]): boolean => modeId === off;
  const runs = machinesOf(found.filter((share) => !isOff(share)));
  const higher = split.filter((share) => !isOff(share));
  const running = Math.min(runs, machinesOf(higher));
  return [...wholeSplit(off, machinesOf(split) - running), ...(running === 0 ? [] : fittedSplit(higher, running))];
}

function modeOf(cohort: CohortPlan, modeId: string): OperatingMode {
  const mode = cohort.modes.find((candidate) => candidate.modeId === modeId);
  if (mode) return mode;
  const known = cohort.modes.map((candidate) => candidate.modeId).join(", ");
  throw new DispatchPlanError(`dispatch: cohort ${cohort.cohortId} has no mode "${modeId}"; it has ${known}`);
}

function inOrder(moves: readonly Move[]): Move[] {
  const sheds = moves.filter(({ deltaKw }) => deltaKw < 0);
  const restores = moves.filter(({ deltaKw }) => deltaKw >= 0);
  sheds.sort((a, b) => byJoulesPerTh(b, a));
  restores.sort(byJoulesPerTh);
  return [...sheds, ...restores];
}

/** Compares W ÷ TH/s crosswise, so that no division by zero hashrate arises. */
function byJoulesPerTh(a: Move, b: Move): number {
  const left = modeOf(a.cohort, a.cohort.normalModeId);
  const right = modeOf(b.cohort, b.cohort.normalModeId);
  return left.powerW * right.hashrateThs - right.powerW * left.hashrateThs;
}
