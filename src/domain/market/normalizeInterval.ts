import { UnitError } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { outsideInstantProblem } from "../units/outsideInstant.ts";
import { intervalEnd } from "./calendar.ts";
import type { SettlementInterval } from "./model.ts";
import { normalizeDay } from "./normalizeDay.ts";
import { MarketRowError } from "./normalizeError.ts";
import { normalizeFlag } from "./normalizeFlag.ts";

/** How ERCOT's 15-minute reports name an interval, as text, by logical field. */
export interface IntervalRow {
  readonly deliveryDate: string;
  /** Hour ending, `1`..`24`; some reports print `01:00`. */
  readonly deliveryHour: string;
  readonly deliveryInterval: string;
  readonly repeatedHour: string;
}

/**
 * The settlement interval of a report's row that was read at market time `readAt`. An interval of the autumn hour that
 * is marked as its second copy before that copy has ended belongs to the first. As in NP6-905.
 * @throws MarketRowError for HE 25, an hour that the spring change skips, a flag on an hour that is not repeated, and
 * an interval that ends after `readAt`: nothing is settled before it is over.
 */
export function normalizeInterval(row: IntervalRow, readAt: Instant): SettlementInterval {
  const interval: SettlementInterval = {
    operatingDay: normalizeDay("DeliveryDate", row.deliveryDate),
    hourEnding: whole("DeliveryHour", row.deliveryHour.trim().replace(/:00$/, ""), 24),
    interval: whole("DeliveryInterval", row.deliveryInterval.trim(), 4),
    repeatedHour: normalizeFlag("DSTFlag", row.repeatedHour),
  };
  const ahead = (one: SettlementInterval) => outsideInstantProblem(intervalEnd(one), readAt, Number.POSITIVE_INFINITY);
  const found = `${row.deliveryDate} HE ${row.deliveryHour} interval ${row.deliveryInterval} flag ${row.repeatedHour}`;
  try {
    const problem = ahead(interval);
    if (problem === undefined) return interval;
    const first = { ...interval, repeatedHour: false };
    if (ahead(first) === undefined) return first;
    throw new MarketRowError("DeliveryDate", found, `an interval that is over (its end ${problem})`);
  } catch (error) {
    if (error instanceof UnitError)
      throw new MarketRowError("DeliveryDate", found, `an interval of the operating day (${error.message})`);
    throw error;
  }
}

function whole(column: string, text: string, highest: number): number {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= highest)) throw new MarketRowError(column, text, `a whole number 1..${highest}`);
  return value;
}
