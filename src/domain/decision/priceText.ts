import { centralWall } from "../market/calendar.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { fixed } from "../units/numberText.ts";
import type { DecisionInput } from "./model.ts";

/** Of a price in a sentence, $/MWh, unless more are needed to tell it from what it is compared with. */
export const PRICE_DECIMALS = 2;

/** What a decision looked at, in words: the expected settlement price of its interval, in Central time. */
export function priceText(input: DecisionInput, price: ExpectedIntervalPrice, decimals = PRICE_DECIMALS): string {
  return (
    `expected settlement price ${fixed(price.expectedUsdPerMwh, decimals)} $/MWh for ` +
    `${intervalClock(input.intervalStart)}`
  );
}

function intervalClock(start: Instant): string {
  return `${centralWall(start).time.slice(0, 5)}-${centralWall(addSeconds(start, 900)).time.slice(0, 5)}`;
}
