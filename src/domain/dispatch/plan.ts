import { isCommanded } from "../decision/isCommanded.ts";
import type { CohortPlan, DecisionRecord, OperatingMode, SitePlan } from "../decision/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { CohortTarget, DispatchBatch, DispatchPlan } from "./model.ts";

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

/** One cohort's way from the mode it is in to the mode decided. */
interface Move {
  readonly cohort: CohortPlan;
  readonly from: OperatingMode;
  readonly to: OperatingMode;
  /** Locked out or not under control: stated as a target, never commanded. */
  readonly commanded: boolean;
}

/**
 * Commands of one decision: a target per cohort, batches only for cohorts that change (all, when the dispatch before is
 * unconfirmed) and may be commanded (`control: act`, not locked out). Load goes down before any comes back; down in
 * falling, up in rising J/TH at the normal mode, as fleet controllers of the field do. Powers are wall watts (machine W
 * × PUE), `expectedDeltaKw` is negative for a shed.
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
  const moves = record.dispatch.targets.map((target) => moveOf(plan, target, record.input.frozenCohorts));
  const driven = moves.filter(
    (move) => move.commanded && (input.unconfirmed === true || move.from.modeId !== move.to.modeId),
  );
  return {
    siteId: plan.siteId,
    revision: record.dispatch.revision,
    decidedAt: record.input.asOf,
    deadline: addSeconds(record.input.asOf, deadlineSeconds),
    targets: moves.map((move) => targetOf(move, plan.pue)),
    batches: inOrder(driven).flatMap(({ cohort }) => batchesOf(cohort, batchSize)),
    expectedDeltaKw: driven.reduce((sumKw, move) => sumKw + deltaKw(move, plan.pue), 0),
  };
}

function moveOf(
  plan: SitePlan,
  target: { cohortId: string; modeId: string; fromModeId: string },
  frozenCohorts: readonly string[] | undefined,
): Move {
  const cohort = plan.cohorts.find(({ cohortId }) => cohortId === target.cohortId);
  if (!cohort) throw new DispatchPlanError(`dispatch: site ${plan.siteId} has no cohort "${target.cohortId}"`);
  return {
    cohort,
    from: modeOf(cohort, target.fromModeId),
    to: modeOf(cohort, target.modeId),
    commanded: isCommanded(plan, cohort, frozenCohorts),
  };
}

function modeOf(cohort: CohortPlan, modeId: string): OperatingMode {
  const mode = cohort.modes.find((candidate) => candidate.modeId === modeId);
  if (mode) return mode;
  const known = cohort.modes.map((candidate) => candidate.modeId).join(", ");
  throw new DispatchPlanError(`dispatch: cohort ${cohort.cohortId} has no mode "${modeId}"; it has ${known}`);
}

function targetOf({ cohort, from, to }: Move, pue: number): CohortTarget {
  return {
    cohortId: cohort.cohortId,
    modeId: to.modeId,
    point: to.setpoint,
    machines: cohort.machines,
    expectedW: to.powerW * pue,
    fromW: from.powerW * pue,
    restores: to.modeId === cohort.normalModeId,
  };
}

function deltaKw({ cohort, from, to }: Move, pue: number): number {
  return (cohort.machines * (to.powerW - from.powerW) * pue) / 1000;
}

function inOrder(moves: readonly Move[]): Move[] {
  const sheds = moves.filter(({ from, to }) => to.powerW < from.powerW);
  const restores = moves.filter(({ from, to }) => to.powerW >= from.powerW);
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

function batchesOf(cohort: CohortPlan, batchSize: number): DispatchBatch[] {
  const batches: DispatchBatch[] = [];
  for (let from = 0; from < cohort.machines; from += batchSize) {
    batches.push({ cohortId: cohort.cohortId, from, to: Math.min(from + batchSize, cohort.machines) });
  }
  return batches;
}
