import { hoursOf } from "../market/hourlyPrices.ts";
import { HOUR_SECONDS } from "../market/deliveryHour.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import type { DecisionInput } from "./model.ts";

/** What a quarter hour to come is expected to cost, and who says so. */
export interface PriceAhead {
  readonly startsAt: Instant;
  readonly usdPerMwh: number;
  /** `rtd`: the mean of RTD's indicative LMPs; `day-ahead`: the day-ahead price of its hour. Neither holds an adder. */
  readonly source: "rtd" | "day-ahead";
  /** The RTD run; day-ahead prices are of one run a day and have none. */
  readonly saidAt?: Instant;
}

const INTERVAL_SECONDS = 900;
/** Of RTD's look-ahead. */
const STEP_SECONDS = 300;

/**
 * Price of each quarter hour from `from` (a start of one) until `until`, as a record's facts foresee it: RTD's
 * look-ahead where its steps cover the whole quarter hour, else the day-ahead price of the hour. One that neither
 * foresees is left out: a price is never guessed.
 */
export function pricesAhead(facts: DecisionInput["facts"], from: Instant, until: Instant): PriceAhead[] {
  const hours = (facts.dayAheadPrice ?? []).flatMap(hoursOf);
  const prices: PriceAhead[] = [];
  for (let startsAt = from; startsAt < until; startsAt = addSeconds(startsAt, INTERVAL_SECONDS)) {
    const rtd = rtdMean(facts.rtdPath, startsAt);
    const hour = hours.find((one) => one.startsAt <= startsAt && addSeconds(one.startsAt, HOUR_SECONDS) > startsAt);
    if (rtd !== undefined) prices.push({ startsAt, usdPerMwh: rtd.usdPerMwh, source: "rtd", saidAt: rtd.saidAt });
    else if (hour !== undefined) prices.push({ startsAt, usdPerMwh: hour.usdPerMwh, source: "day-ahead" });
  }
  return prices;
}

/** Time-weighted mean of the steps over a quarter hour; undefined where they do not cover all of it. */
function rtdMean(
  known: DecisionInput["facts"]["rtdPath"],
  startsAt: Instant,
): { readonly usdPerMwh: number; readonly saidAt: Instant } | undefined {
  if (known === undefined) return undefined;
  const from = secondsBetween(known.rtdAt, startsAt);
  let [covered, sum] = [0, 0];
  // A record keeps the steps that were still to come: what lies before the first of them is not known any more.
  let begins = (known.path[0]?.[0] ?? Number.NaN) - STEP_SECONDS;
  for (const [ends, lmpUsdPerMwh] of known.path) {
    const seconds = Math.min(ends, from + INTERVAL_SECONDS) - Math.max(begins, from);
    if (seconds > 0) {
      covered += seconds;
      sum += lmpUsdPerMwh * seconds;
    }
    begins = ends;
  }
  return covered < INTERVAL_SECONDS ? undefined : { usdPerMwh: sum / INTERVAL_SECONDS, saidAt: known.rtdAt };
}
