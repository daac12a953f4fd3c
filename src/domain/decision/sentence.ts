import type { Instant } from "../units/instant.ts";
import { decimalsToTell, fixed, unrounded } from "../units/numberText.ts";
import { centralWall } from "../market/calendar.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { Draft } from "./draft.ts";
import type { CohortDecision, DecisionInput, ModeComparison, SitePlan } from "./model.ts";
import { PRICE_DECIMALS, priceText } from "./priceText.ts";

/**
 * One sentence that tells a person where a cohort is to be and why; its numbers are in the record, or in the plan that
 * the record names. What its machines do is not known here. `waiting`: kept back by the single-source cap.
 */
export function cohortSentence(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice | undefined,
  draft: Draft,
  decision: CohortDecision,
  waiting: boolean,
): string {
  const moved = decision.modeId !== decision.fromModeId;
  const until = decision.heldUntil === undefined ? "" : ` until ${clock(decision.heldUntil)}`;
  const state = `${cohortName(plan, draft)} ${aim(decision.modeId, moved)}${until}`;
  if (decision.reason !== "economic") return `${state}: ${draft.claim.why}.`;
  if (price === undefined) return `${state}.`;
  const wish = decision.priceWishModeId;
  const targetIndex = draft.wishIndex ?? draft.currentIndex;
  const compared = priceClause(plan, input, price, draft, targetIndex);
  if (waiting) {
    return (
      `${state}: ${compared}, but one SCED run may move no more than ${unrounded(plan.singleSourceMwMax, 3)} ` +
      `MW; ${wish} waits for another run.`
    );
  }
  return `${state}: ${compared}${decision.heldUntil === undefined ? "" : `, ${holdClause(draft, targetIndex)}`}.`;
}

function aim(modeId: string, moved: boolean): string {
  if (modeId === "off") return moved ? "to go off" : "to stay off";
  return moved ? `to go to ${modeId}` : `to stay at ${modeId}`;
}

function priceClause(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice,
  draft: Draft,
  targetIndex: number,
): string {
  const { below, above } = crossing(draft, targetIndex);
  if (targetIndex !== draft.currentIndex && below !== undefined) {
    const down = targetIndex < draft.currentIndex;
    // A price a tenth of a cent above its threshold must read so.
    const decimals = decimalsToTell(
      price.expectedUsdPerMwh,
      down ? below.offAboveUsdPerMwh : below.onBelowUsdPerMwh,
      PRICE_DECIMALS,
    );
    return (
      `${priceText(input, price, decimals)} is ` +
      `${down ? `above ${offText(plan, below, decimals)}` : `below ${onText(plan, below, decimals)}`}`
    );
  }
  const parts = [
    below === undefined ? undefined : `not above ${offText(plan, below)}`,
    above === undefined ? undefined : `not below ${onText(plan, above)}`,
  ].filter((part) => part !== undefined);
  return `${priceText(input, price)} is ${parts.join(" and ")}`;
}

/** The pair that decided a move (the last one crossed), or the pairs on both sides of a cohort that stays. */
function crossing(draft: Draft, targetIndex: number): { below?: ModeComparison; above?: ModeComparison } {
  if (targetIndex < draft.currentIndex) return { below: draft.comparisons[targetIndex] };
  if (targetIndex > draft.currentIndex) return { below: draft.comparisons[targetIndex - 1] };
  return { below: draft.comparisons[targetIndex - 1], above: draft.comparisons[targetIndex] };
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

function holdClause(draft: Draft, targetIndex: number): string {
  if (draft.heldBy === "first-run") return "waiting for the interval's first SCED run";
  const up = targetIndex > draft.currentIndex;
  return (
    `held by the minimum ${up ? "off" : "on"} time of ` +
    `${up ? draft.cohort.minOffMinutes : draft.cohort.minOnMinutes} min`
  );
}

function cohortName(plan: SitePlan, draft: Draft): string {
  const sameModel = plan.cohorts.filter((cohort) => cohort.model === draft.cohort.model).length > 1;
  return sameModel ? `${draft.cohort.model} (${draft.cohort.cohortId})` : draft.cohort.model;
}

function clock(at: Instant): string {
  return centralWall(at).time;
}
