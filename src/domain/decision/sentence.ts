import type { Instant } from "../units/instant.ts";
import { decimalsToTell, fixed, kwText, unrounded } from "../units/numberText.ts";
import { centralWall } from "../market/calendar.ts";
import type { Allocated } from "./allocate.ts";
import type { Draft } from "./draft.ts";
import type { ModeComparison, SitePlan, Untold } from "./model.ts";
import { PRICE_DECIMALS, priceText, type TimedPrice } from "./priceText.ts";
import { lowerIndex, sameSplit, splitAt, splitText } from "./split.ts";
import { economic } from "./rules/economic.ts";

/**
 * One sentence that tells a person where a cohort's machines are to be and why; its numbers are in the record, or in
 * the plan that the record names. What its machines do is not known here.
 */
export function cohortSentence(
  plan: SitePlan,
  price: TimedPrice | undefined,
  allocated: Allocated,
  decision: Untold,
): string {
  const { draft, curtailed, heldOnBy, why } = allocated;
  const until = decision.heldUntil === undefined ? "" : ` until ${clock(decision.heldUntil)}`;
  const state = `${cohortName(plan, draft)} ${aim(decision)}${until}`;
  const priced = price === undefined ? "no current price" : pricedClause(plan, price, draft);
  const kept = heldOnBy
    .filter(({ reason }) => reason !== decision.reason)
    .map((part) => `, ${kwText(part.kw)} of it kept on by ${part.why}`);
  if (curtailed.length > 1) {
    const parts = curtailed.map(
      (part) => `${kwText(part.kw)} by ${part.reason === economic.reason ? priced : part.why}`,
    );
    return `${state}: down ${parts.join(", and ")}${kept.join("")}.`;
  }
  if (decision.reason !== economic.reason) return `${state}: ${why}${kept.join("")}.`;
  return price === undefined ? `${state}.` : `${state}: ${priced}${kept.join("")}.`;
}

function aim({ split, fromSplit }: Untold): string {
  const moved = !sameSplit(split, fromSplit);
  const [only, ...others] = split;
  if (only === undefined) return "has no machine that is able to run";
  if (others.length > 0) {
    const shares = split.map(({ modeId, machines }) => `${machines} ${modeId === "off" ? "off" : `at ${modeId}`}`);
    return `${moved ? "to go to" : "to stay with"} ${shares.join(" and ")}`;
  }
  if (only.modeId === "off") return moved ? "to go off" : "to stay off";
  return moved ? `to go to ${only.modeId}` : `to stay at ${only.modeId}`;
}

/** What the price was compared with, and what keeps the cohort from where the price wants it. */
function pricedClause(plan: SitePlan, price: TimedPrice, draft: Draft): string {
  const target = draft.wish ?? draft.frame.current;
  const compared = priceClause(plan, price, draft, target);
  if (draft.heldBy === undefined) return compared;
  if (draft.heldBy !== "single-source") return `${compared}, ${holdClause(draft, target)}`;
  const { cohort, able } = draft.frame;
  return (
    `${compared}, but one SCED run may move no more than ${unrounded(plan.singleSourceMwMax, 3)} MW; ` +
    `${splitText(splitAt(cohort, able, target))} waits for another run`
  );
}

function priceClause(plan: SitePlan, price: TimedPrice, draft: Draft, target: number): string {
  const { below, above } = crossing(draft, target);
  if (target !== draft.frame.current && below !== undefined) {
    const down = target < draft.frame.current;
    // A price a tenth of a cent above its threshold must read so.
    const decimals = decimalsToTell(
      price.expectedUsdPerMwh,
      down ? below.offAboveUsdPerMwh : below.onBelowUsdPerMwh,
      PRICE_DECIMALS,
    );
    return (
      `${priceText(price, decimals)} is ` +
      `${down ? `above ${offText(plan, below, decimals)}` : `below ${onText(plan, below, decimals)}`}`
    );
  }
  const parts = [
    below === undefined ? undefined : `not above ${offText(plan, below)}`,
    above === undefined ? undefined : `not below ${onText(plan, above)}`,
  ].filter((part) => part !== undefined);
  return `${priceText(price)}${parts.length === 0 ? "" : ` is ${parts.join(" and ")}`}`;
}

/** The pair that decided a move (the last one crossed), or the pairs on both sides of a cohort that stays. */
function crossing({ frame, comparisons }: Draft, target: number): { below?: ModeComparison; above?: ModeComparison } {
  const pairAbove = (position: number): ModeComparison | undefined => comparisons[lowerIndex(frame.able, position)];
  if (target < frame.current) return { below: pairAbove(target) };
  const below = target > 0 ? pairAbove(target - 1) : undefined;
  return target > frame.current ? { below } : { below, above: target < frame.top ? pairAbove(target) : undefined };
}

function offText(plan: SitePlan, pair: ModeComparison, decimals = PRICE_DECIMALS): string {
  return thresholdText(plan, pair, pair.offAboveUsdPerMwh, plan.economic.offFactor, decimals);
}

function onText(plan: SitePlan, pair: ModeComparison, decimals = PRICE_DECIMALS): string {
  return thresholdText(plan, pair, pair.onBelowUsdPerMwh, plan.economic.onFactor, decimals);
}

/** K + (f − 1)·G is f·G − adders, and f·K where there are none. */
function thresholdText(
  plan: SitePlan,
  pair: ModeComparison,
  threshold: number,
  factor: number,
  decimals: number,
): string {
  const adders = plan.avoidableAddersUsdPerMwh;
  const what = adders === 0 ? "strike" : "gross value";
  const less = adders === 0 ? "" : ` − adders ${unrounded(adders, PRICE_DECIMALS)}`;
  const value = fixed(pair.grossUsdPerMwh, decimals);
  return `${fixed(threshold, decimals)} (${unrounded(factor, 2)} × ${what} ${value}${less})`;
}

function holdClause(draft: Draft, target: number): string {
  if (draft.heldBy === "first-run") return "waiting for the interval's first SCED run";
  const up = target > draft.frame.current;
  return (
    `held by the minimum ${up ? "off" : "on"} time of ` +
    `${up ? draft.frame.cohort.minOffMinutes : draft.frame.cohort.minOnMinutes} min`
  );
}

function cohortName(plan: SitePlan, draft: Draft): string {
  const sameModel = plan.cohorts.filter((cohort) => cohort.model === draft.frame.cohort.model).length > 1;
  return sameModel ? `${draft.frame.cohort.model} (${draft.frame.cohort.cohortId})` : draft.frame.cohort.model;
}

function clock(at: Instant): string {
  return centralWall(at).time;
}
