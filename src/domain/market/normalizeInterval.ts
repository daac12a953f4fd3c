import { UnitError } from "../units/instant.ts";
import { intervalStart } from "./calendar.ts";
import type { DocumentTimes, SettlementInterval } from "./model.ts";
import { MarketRowError, normalizeDay, normalizeFlag } from "./normalizeField.ts";
import { repeatedHourCopy } from "./repeatedHour.ts";

const INTERVAL_SECONDS = 900;

/** How ERCOT's 15-minute reports name an interval, as text, by logical field. */
export interface IntervalRow {
  readonly deliveryDate: string;
  /** Hour ending, `1`..`24`; some reports print `01:00`. */
  readonly deliveryHour: string;
  readonly deliveryInterval: string;
  readonly repeatedHour: string;
}

/**
 * The settlement interval of a report's row, as in NP6-905, of a document with these times. Which copy of the autumn
 * hour it belongs to: `repeatedHourCopy`.
 * @throws MarketRowError for HE 25, an hour that the spring change skips, a flag on an hour that is not repeated, one
 * whose copy cannot be known, and an interval that ends after the reading: nothing is settled before it is over.
 */
export function normalizeInterval(row: IntervalRow, document: DocumentTimes): SettlementInterval {
  const interval: SettlementInterval = {
    operatingDay: normalizeDay("DeliveryDate", row.deliveryDate),
    hourEnding: whole("DeliveryHour", row.deliveryHour.trim().replace(/:00$/, ""), 24),
    interval: whole("DeliveryInterval", row.deliveryInterval.trim(), 4),
    repeatedHour: normalizeFlag("DSTFlag", row.repeatedHour),
  };
  const found = `${row.deliveryDate} HE ${row.deliveryHour} interval ${row.deliveryInterval} flag ${row.repeatedHour}`;
  try {
    const copy = repeatedHourCopy(interval.repeatedHour, intervalStart(interval), INTERVAL_SECONDS, document);
    if ("ahead" in copy)
      throw new MarketRowError("DeliveryDate", found, `an interval that is over (its end ${copy.ahead})`);
    if ("disputed" in copy)
      throw new MarketRowError("DSTFlag", row.repeatedHour, `the flag of its publication (${copy.disputed})`);
    return { ...interval, repeatedHour: copy.repeatedHour };
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
