import { centralWall } from "../market/calendar.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { fixed } from "../units/numberText.ts";
import type { DecisionInput } from "./model.ts";

/** Of a price in a sentence, $/MWh, unless more are needed to tell it from what it is compared with. */
export const PRICE_DECIMALS = 2;

/** The expected settlement price that the sentences of one decision tell of. */
export interface TimedPrice {
  readonly expectedUsdPerMwh: number;
  /** Its interval in Central time: `17:00-17:15`. */
  readonly intervalClock: string;
}

/** An expected price with the clock of its interval. */
export function timedPrice({ intervalStart }: DecisionInput, { expectedUsdPerMwh }: ExpectedIntervalPrice): TimedPrice {
  return { expectedUsdPerMwh, intervalClock: `${clock(intervalStart)}-${clock(addSeconds(intervalStart, 900))}` };
}

/** What a decision looked at, in words: the expected settlement price of its interval, in Central time. */
export function priceText({ expectedUsdPerMwh, intervalClock }: TimedPrice, decimals = PRICE_DECIMALS): string {
  return `expected settlement price ${fixed(expectedUsdPerMwh, decimals)} $/MWh for ${intervalClock}`;
}

function clock(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
