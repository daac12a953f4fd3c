import { UnitError } from "../units/instant.ts";
import { intervalStart } from "./calendar.ts";
import type { SettlementInterval } from "./model.ts";
import { normalizeDay } from "./normalizeDay.ts";
import { normalizeDecimal } from "./normalizeDecimal.ts";
import { MarketRowError } from "./normalizeError.ts";
import { normalizeFlag } from "./normalizeFlag.ts";

/** One row of NP6-905 as text, by logical field. */
export interface SettlementPriceRow {
  readonly deliveryDate: string;
  /** Hour ending, `1`..`24`; some reports print `01:00`. */
  readonly deliveryHour: string;
  readonly deliveryInterval: string;
  readonly repeatedHour: string;
  readonly price: string;
}

/**
 * Interval and settlement point price from a row of ERCOT report NP6-905 (15-minute SPP by node, zone and hub).
 * @throws MarketRowError naming the column, what was found and what was expected: HE 25, an hour that the spring change
 * skips, a flag on an hour that is not repeated.
 */
export function normalizeSettlementPrice(row: SettlementPriceRow): {
  readonly interval: SettlementInterval;
  readonly priceUsdPerMwh: string;
} {
  const interval: SettlementInterval = {
    operatingDay: normalizeDay("DeliveryDate", row.deliveryDate),
    hourEnding: whole("DeliveryHour", row.deliveryHour.trim().replace(/:00$/, ""), 24),
    interval: whole("DeliveryInterval", row.deliveryInterval.trim(), 4),
    repeatedHour: normalizeFlag("DSTFlag", row.repeatedHour),
  };
  try {
    intervalStart(interval);
  } catch (error) {
    if (error instanceof UnitError) {
      const found =
        `${row.deliveryDate} HE ${row.deliveryHour} interval ${row.deliveryInterval} flag ` + `${row.repeatedHour}`;
      throw new MarketRowError("DeliveryDate", found, `an interval of the operating day (${error.message})`);
    }
    throw error;
  }
  return { interval, priceUsdPerMwh: normalizeDecimal("SettlementPointPrice", row.price) };
}

function whole(column: string, text: string, highest: number): number {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= highest)) throw new MarketRowError(column, text, `a whole number 1..${highest}`);
  return value;
}
