import type { IntervalKey } from "../market/model.ts";
import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortDecision, DecisionRecord, Reason } from "./model.ts";
import type { PlanAhead, PlannedInterval } from "./planAhead.ts";
import { economic } from "./rules/economic.ts";
import { sameSplit, type Split } from "./split.ts";

/** Why a cohort did not do what was planned. */
export type DeviationCause =
  /** A rule decided that was not foreseen, or one that was foreseen did not. */
  | { readonly kind: "rule"; readonly reason: Reason }
  | { readonly kind: "rule-gone"; readonly reason: Reason }
  | { readonly kind: "able"; readonly planned: number; readonly were: number }
  /** The price would have it as planned, and a hold of an earlier move does not. */
  | { readonly kind: "hold"; readonly until: Instant }
  | { readonly kind: "price"; readonly foreseen?: number; readonly expected?: number }
  /** Its strike moved: hashprice, fee or adders. */
  | { readonly kind: "strike"; readonly planned?: number; readonly was?: number }
  | { readonly kind: "configuration" }
  /** Moved inside the quarter hour in another order than planned: holds that began earlier or later. */
  | { readonly kind: "timing" };

/** A cohort that stood elsewhere than planned at the end of a quarter hour. */
export interface PlanDeviation {
  readonly intervalKey: IntervalKey;
  readonly until: Instant;
  readonly cohortId: CohortId;
  readonly planned: Split;
  readonly did: Split;
  readonly cause: DeviationCause;
}

/**
 * Where a site stood elsewhere than a plan said, at the end of each quarter hour of the plan that is over, with the
 * first cause that the two decisions show. `records`: those of the site after the one that the plan goes on from,
 * ascending. A quarter hour counts once a record of its end or later is there.
 */
export function planDeviations(plan: PlanAhead, records: readonly DecisionRecord[]): PlanDeviation[] {
  const newest = records.at(-1)?.input.asOf;
  if (newest === undefined) return [];
  return plan.intervals
    .filter(({ until }) => until <= newest)
    .flatMap((planned) => {
      const did = records.findLast(({ input }) => input.asOf < planned.until);
      return did === undefined ? [] : deviationsOf(planned, did, did.planHash !== plan.planHash);
    });
}

function deviationsOf(planned: PlannedInterval, did: DecisionRecord, isReconfigured: boolean): PlanDeviation[] {
  const { intervalKey, until, decision } = planned;
  return decision.output.cohorts.flatMap((expected) => {
    const executed = did.output.cohorts.find(({ cohortId }) => cohortId === expected.cohortId);
    if (executed === undefined || isAsPlanned(executed.split, expected.split)) return [];
    const cause = causeOf(expected, executed, planned, did, isReconfigured);
    return [{ intervalKey, until, cohortId: expected.cohortId, planned: expected.split, did: executed.split, cause }];
  });
}

/** Those that cannot run and those that are off make no difference where all are to be off. */
function isAsPlanned(one: Split, other: Split): boolean {
  const isOff = (split: Split): boolean => split.every(({ modeId }) => modeId === "off");
  return sameSplit(one, other) || (isOff(one) && isOff(other));
}

function causeOf(
  expected: CohortDecision,
  executed: CohortDecision,
  { price }: PlannedInterval,
  did: DecisionRecord,
  isReconfigured: boolean,
): DeviationCause {
  if (executed.reason !== expected.reason)
    return executed.reason === economic.reason
      ? { kind: "rule-gone", reason: expected.reason }
      : { kind: "rule", reason: executed.reason };
  if (executed.ableMachines !== expected.ableMachines)
    return { kind: "able", planned: expected.ableMachines, were: executed.ableMachines };
  const { heldUntil, priceWish } = executed;
  if (heldUntil !== undefined && priceWish !== undefined && isAsPlanned(priceWish, expected.split))
    return { kind: "hold", until: heldUntil };
  const [foreseen, was] = [price?.usdPerMwh, did.output.expectedPrice?.expectedUsdPerMwh];
  if (!isNear(foreseen, was))
    return {
      kind: "price",
      ...(foreseen === undefined ? {} : { foreseen }),
      ...(was === undefined ? {} : { expected: was }),
    };
  const [before, now] = [expected, executed].map(({ comparisons }) => comparisons.at(-1)?.strikeUsdPerMwh);
  if (!isNear(before, now))
    return {
      kind: "strike",
      ...(before === undefined ? {} : { planned: before }),
      ...(now === undefined ? {} : { was: now }),
    };
  return isReconfigured ? { kind: "configuration" } : { kind: "timing" };
}

/** Half a cent: nobody decides on less. */
function isNear(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Math.abs(one - other) < 0.005;
}
