import type { AttributedKw, BrokenBand } from "../domain/decision/attributed.ts";
import type { CohortDecision, DecisionRecord, ModeComparison } from "../domain/decision/model.ts";
import { nextLookAfter } from "../domain/decision/nextLook.ts";
import { economic } from "../domain/decision/rules/economic.ts";
import { awardsInForce } from "../domain/inputs/awardsInForce.ts";
import { CAPACITY_PRODUCTS } from "../domain/market/capacityProducts.ts";
import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import { type HoldsNow, holdsNow } from "./holdsNow.ts";

/** One step of the ladder: the able machines of a cohort between two neighboring modes. */
export interface LadderStep {
  readonly cohortId: string;
  readonly lowerModeId: string;
  readonly upperModeId: string;
  readonly kw: number;
  readonly strikeUsdPerMwh: number;
  readonly offAboveUsdPerMwh: number;
  readonly onBelowUsdPerMwh: number;
  /** What the whole step earns or loses by the hour at the expected price. */
  readonly usdPerH: number;
  /** Share 0..1 of its machines that are on. */
  readonly onShare: number;
  /** What holds it where it is: a rule's reason, or the price. */
  readonly heldBy: string;
  /** The rule whose floor keeps those that are on against the price; absent where none does. */
  readonly keptOnBy?: string;
}

/** One way to run the site, and what it earns by the hour at the expected price. */
export interface Alternative {
  readonly name: string;
  readonly usdPerH: number;
  readonly kw: number;
}

/** Why a site is where it is, from one record alone. */
export interface WhyNow extends HoldsNow {
  readonly siteId: SiteId;
  readonly sequence: number;
  readonly at: Instant;
  readonly expectedUsdPerMwh?: number;
  readonly sentence: string;
  /** Best first; none without a price. */
  readonly alternatives: readonly Alternative[];
  /** Worst strike first: the order in which a rising price takes it down. */
  readonly ladder: readonly LadderStep[];
  readonly cohorts: readonly Pick<CohortDecision, "cohortId" | "sentence" | "reason" | "heldUntil">[];
  readonly broken: readonly BrokenBand[];
  /** What the price would drop and a floor keeps on: by which rule, kW at the site meter. */
  readonly keptOn: readonly (AttributedKw & Pick<CohortDecision, "cohortId">)[];
  /** What it costs to leave a MW of an award out for an hour, by service, beside the penalty of the site's file, $. */
  readonly buyBack: readonly { readonly called: string; readonly usdPerMwHour: number }[];
  /** The price at which the first step would go off, and come on, for price alone; absent where none would. */
  readonly offAboveUsdPerMwh?: number;
  readonly onBelowUsdPerMwh?: number;
  readonly nextLook: Instant;
}

/** Ranks what a site could do by what it earns by the hour, and shows the whole ladder with what holds each step. */
export function whyNow(record: DecisionRecord): WhyNow {
  const { siteId, sequence, input, output } = record;
  const ladder = output.cohorts.flatMap(stepsOf).toSorted((a, b) => a.strikeUsdPerMwh - b.strikeUsdPerMwh);
  const movable = ladder.filter(({ heldBy }) => heldBy === PRICE);
  const offs = movable
    .filter(({ onShare, keptOnBy }) => onShare > 0 && keptOnBy === undefined)
    .map(({ offAboveUsdPerMwh }) => offAboveUsdPerMwh);
  const ons = movable.filter(({ onShare }) => onShare < 1).map(({ onBelowUsdPerMwh }) => onBelowUsdPerMwh);
  return {
    siteId,
    sequence,
    at: input.asOf,
    expectedUsdPerMwh: output.expectedPrice?.expectedUsdPerMwh,
    sentence: output.sentence,
    ...holdsNow(record),
    alternatives: alternativesOf(ladder),
    ladder,
    cohorts: output.cohorts.map(({ cohortId, sentence, reason, heldUntil }) => ({
      cohortId,
      sentence,
      reason,
      heldUntil,
    })),
    broken: output.broken ?? [],
    keptOn: output.cohorts.flatMap(({ cohortId, heldOnBy = [] }) => heldOnBy.map((one) => ({ cohortId, ...one }))),
    buyBack: buyBackOf(input),
    ...(offs.length === 0 ? {} : { offAboveUsdPerMwh: offs.reduce((a, b) => (b < a ? b : a)) }),
    ...(ons.length === 0 ? {} : { onBelowUsdPerMwh: ons.reduce((a, b) => (b > a ? b : a)) }),
    nextLook: nextLookAfter(record),
  };
}

/** Clearing prices for capacity that the decision knew, of what was sold upwards. */
function buyBackOf({ asOf, facts }: DecisionRecord["input"]): WhyNow["buyBack"] {
  const { mw } = awardsInForce(facts.asAwards ?? [], asOf);
  return CAPACITY_PRODUCTS.flatMap(({ product, called }) => {
    const usdPerMwHour = facts.scedMcpc?.usdPerMwHour[product];
    return mw[product] === undefined || usdPerMwHour === undefined ? [] : [{ called, usdPerMwHour }];
  });
}

/** What holds a step that no rule does. */
export const PRICE = "price";

function stepsOf(cohort: CohortDecision): LadderStep[] {
  const order = cohort.comparisons.flatMap(({ lowerModeId, upperModeId }) => [lowerModeId, upperModeId]);
  const modes = [...new Set(order)];
  return cohort.comparisons.map((pair, i) => stepOf(cohort, pair, i, modes));
}

function stepOf(cohort: CohortDecision, pair: ModeComparison, i: number, modes: readonly string[]): LadderStep {
  const { lowerModeId, upperModeId, deltaMw, strikeUsdPerMwh, offAboveUsdPerMwh, onBelowUsdPerMwh } = pair;
  const above = cohort.split.filter(({ modeId }) => modes.indexOf(modeId) > i);
  const machines = above.reduce((sum, one) => sum + one.machines, 0);
  const onShare = cohort.ableMachines === 0 ? 0 : machines / cohort.ableMachines;
  const kept = onShare > 0 ? cohort.heldOnBy?.at(-1)?.reason : undefined;
  const down = onShare < 1 ? cohort.curtailed.at(-1)?.reason : undefined;
  const by = down ?? kept ?? cohort.reason;
  return {
    cohortId: cohort.cohortId,
    lowerModeId,
    upperModeId,
    kw: deltaMw * 1000,
    strikeUsdPerMwh,
    offAboveUsdPerMwh,
    onBelowUsdPerMwh,
    usdPerH: pair.valueUsdPerH - pair.costUsdPerH,
    onShare,
    heldBy: by === economic.reason ? PRICE : by,
    ...(kept === undefined ? {} : { keptOnBy: kept }),
  };
}

function alternativesOf(ladder: readonly LadderStep[]): Alternative[] {
  if (ladder.length === 0) return [];
  const way = (name: string, share: (step: LadderStep) => number): Alternative => ({
    name,
    usdPerH: ladder.reduce((sum, step) => sum + step.usdPerH * share(step), 0),
    kw: ladder.reduce((sum, step) => sum + step.kw * share(step), 0),
  });
  return [
    way("as decided", ({ onShare }) => onShare),
    way("everything on", () => 1),
    way("everything off", () => 0),
    way("each step that pays on, each that does not off", ({ usdPerH }) => (usdPerH > 0 ? 1 : 0)),
  ].toSorted((a, b) => b.usdPerH - a.usdPerH);
}
