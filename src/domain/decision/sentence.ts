import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { centralWall } from "../market/calendar.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { Draft } from "./draft.ts";
import type { CohortDecision, DecisionInput, ModeComparison, SitePlan } from "./model.ts";
import { fixed } from "./numberText.ts";

/**
 * One sentence that tells a person why a cohort is where it is; its numbers are in the record, or in the plan that the record names.
 * `waiting`: kept back by the single-source cap.
 */
export function cohortSentence(
  plan: SitePlan, input: DecisionInput, price: ExpectedIntervalPrice | undefined, draft: Draft, decision: CohortDecision, waiting: boolean,
): string {
  const moved = decision.modeId !== decision.fromModeId;
  const state = `${cohortName(plan, draft)} ${moved ? "" : "stays "}${decision.modeId}`;
  if (decision.reason !== "economic") return `${state}: ${draft.claim.why}.`;
  if (price === undefined) return `${state}.`;
  const wish = decision.priceWishModeId;
  const targetIndex = draft.wishIndex ?? draft.currentIndex;
  const compared = priceClause(plan, input, price, draft, targetIndex);
  if (waiting) {
    return `${state}: ${compared}, but one SCED run may move no more than ${fixed(plan.singleSourceMwMax, 3)} MW; ${wish} waits for the next run.`;
  }
  if (decision.heldUntil !== undefined) return `${state} until ${clock(decision.heldUntil)}: ${compared}, ${holdClause(draft, targetIndex)}.`;
  return `${state}: ${compared}.`;
}

/** One sentence for the site: where its cohorts are, how much is curtailed for what, and the price it looked at. */
export function siteSentence(
  plan: SitePlan, input: DecisionInput, price: ExpectedIntervalPrice | undefined, decisions: readonly CohortDecision[],
): string {
  const curtailed = decisions.filter((decision) => decision.curtailedKw > 0);
  const reasons = [...new Set(curtailed.map((decision) => decision.reason))].map((reason) => {
    const kw = curtailed.filter((decision) => decision.reason === reason).reduce((sum, decision) => sum + decision.curtailedKw, 0);
    return `${fixed(kw, 1)} kW ${reason}`;
  });
  const changed = decisions.filter((decision) => decision.modeId !== decision.fromModeId).length;
  const changes = changed === 0 ? "no change" : `${changed} of ${decisions.length} cohorts change`;
  const below = reasons.length === 0 ? "nothing curtailed" : `curtailed ${reasons.join(", ")}`;
  return `${plan.siteId}: ${changes}, ${below}; ${price === undefined ? "no current price" : priceText(input, price)}.`;
}

function priceText(input: DecisionInput, price: ExpectedIntervalPrice): string {
  return `expected settlement price ${fixed(price.expectedUsdPerMwh, 2)} $/MWh for ${intervalClock(input.intervalStart)}`;
}

function priceClause(plan: SitePlan, input: DecisionInput, price: ExpectedIntervalPrice, draft: Draft, targetIndex: number): string {
  const seen = priceText(input, price);
  const { below, above } = crossing(draft, targetIndex);
  if (targetIndex < draft.currentIndex && below !== undefined) return `${seen} is above ${offText(plan, below)}`;
  if (targetIndex > draft.currentIndex && below !== undefined) return `${seen} is below ${onText(plan, below)}`;
  const parts = [
    below === undefined ? undefined : `not above ${offText(plan, below)}`,
    above === undefined ? undefined : `not below ${onText(plan, above)}`,
  ].filter((part) => part !== undefined);
  return `${seen} is ${parts.join(" and ")}`;
}

/** The pair that decided a move (the last one crossed), or the pairs on both sides of a cohort that stays. */
function crossing(draft: Draft, targetIndex: number): { below?: ModeComparison; above?: ModeComparison } {
  if (targetIndex < draft.currentIndex) return { below: draft.comparisons[targetIndex] };
  if (targetIndex > draft.currentIndex) return { below: draft.comparisons[targetIndex - 1] };
  return { below: draft.comparisons[targetIndex - 1], above: draft.comparisons[targetIndex] };
}

function offText(plan: SitePlan, pair: ModeComparison): string {
  return thresholdText(pair.offAboveUsdPerMwh, plan.economic.offFactor, pair.strikeUsdPerMwh);
}

function onText(plan: SitePlan, pair: ModeComparison): string {
  return thresholdText(pair.onBelowUsdPerMwh, plan.economic.onFactor, pair.strikeUsdPerMwh);
}

function thresholdText(threshold: number, factor: number, strike: number): string {
  const of = strike > 0 ? `${fixed(factor, 2)} × strike` : "strike";
  return `${fixed(threshold, 2)} (${of} ${fixed(strike, 2)})`;
}

function holdClause(draft: Draft, targetIndex: number): string {
  const up = targetIndex > draft.currentIndex;
  return `held by the minimum ${up ? "off" : "on"} time of ${up ? draft.cohort.minOffMinutes : draft.cohort.minOnMinutes} min`;
}

function cohortName(plan: SitePlan, draft: Draft): string {
  const sameModel = plan.cohorts.filter((cohort) => cohort.model === draft.cohort.model).length > 1;
  return sameModel ? `${draft.cohort.model} (${draft.cohort.cohortId})` : draft.cohort.model;
}

function intervalClock(start: Instant): string {
  return `${centralWall(start).time.slice(0, 5)}-${centralWall(addSeconds(start, 900)).time.slice(0, 5)}`;
}

function clock(at: Instant): string {
  return centralWall(at).time;
}
