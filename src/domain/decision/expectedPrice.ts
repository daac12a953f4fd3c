import { intervalEnd, parseIntervalKey } from "../market/calendar.ts";
import { expectedIntervalPrice } from "../market/expectedIntervalPrice.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import { readAdder } from "../market/readAdder.ts";
import { addSeconds } from "../units/instant.ts";
import type { DecisionInput, SitePlan } from "./model.ts";

/** A settled interval that ended longer ago says nothing about the running one: two intervals. */
const ADDER_MAX_AGE_SECONDS = 1800;

/**
 * Expected settlement price of the running interval for this site: SCED runs by their seconds, plus the adder. That is
 * read where ERCOT has published it for the runs in force (`readAdder`), and the price says so. Else it is inferred:
 * the policy's share of the last settled adder. Undefined when no run is in force at the interval's start. Half of the
 * last adder was the only addition to persistence that paid on 2024 data; the share is the site's.
 */
export function expectedPrice(plan: SitePlan, input: DecisionInput): ExpectedIntervalPrice | undefined {
  const read = readAdder(input.intervalStart, input.asOf, input.facts.scedAdders?.runs);
  const price = expectedIntervalPrice({
    intervalStart: input.intervalStart,
    asOf: input.asOf,
    runs: input.facts.scedRuns,
    adderUsdPerMwh: read ?? recentAdder(input) * plan.economic.adderShare,
    floorUsdPerMwh: plan.priceFloorUsdPerMwh,
    capUsdPerMwh: plan.priceCapUsdPerMwh,
  });
  return price === undefined || read === undefined ? price : { ...price, isAdderRead: true };
}

function recentAdder(input: DecisionInput): number {
  if (input.facts.lastSettled === undefined) return 0;
  const endedAt = intervalEnd(parseIntervalKey(input.facts.lastSettled.intervalKey));
  return addSeconds(endedAt, ADDER_MAX_AGE_SECONDS) >= input.intervalStart ? input.facts.lastSettled.adderUsdPerMwh : 0;
}
