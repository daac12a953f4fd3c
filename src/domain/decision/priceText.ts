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
  /** What of it is adder, and whether it was read or inferred; absent where there is none, or nothing to read. */
  readonly adder?: { readonly usdPerMwh: number; readonly isRead: boolean };
}

/** An expected price with the clock of its interval. A site that knows of no published adder only ever infers one. */
export function timedPrice(
  { intervalStart, facts }: DecisionInput,
  { expectedUsdPerMwh, adderUsdPerMwh: usdPerMwh, isAdderRead }: ExpectedIntervalPrice,
): TimedPrice {
  const intervalClock = `${clock(intervalStart)}-${clock(addSeconds(intervalStart, 900))}`;
  if (facts.scedAdders === undefined || usdPerMwh === 0) return { expectedUsdPerMwh, intervalClock };
  return { expectedUsdPerMwh, intervalClock, adder: { usdPerMwh, isRead: isAdderRead === true } };
}

/** What a decision looked at, in words: the expected settlement price of its interval, in Central time. */
export function priceText({ expectedUsdPerMwh, intervalClock, adder }: TimedPrice, decimals = PRICE_DECIMALS): string {
  const price = `expected settlement price ${fixed(expectedUsdPerMwh, decimals)} $/MWh for ${intervalClock}`;
  if (adder === undefined) return price;
  const from = adder.isRead ? "adder as published" : "adder inferred from the last settled interval";
  return `${price} (${fixed(adder.usdPerMwh, decimals)} of it ${from})`;
}

function clock(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
