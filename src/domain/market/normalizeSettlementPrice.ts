import type { DocumentTimes, SettlementInterval } from "./model.ts";
import { normalizeCents } from "./normalizeField.ts";
import { normalizeInterval } from "./normalizeInterval.ts";
import type { IntervalRow } from "./normalizeInterval.ts";

/** One row of NP6-905 as text, by logical field. */
export interface SettlementPriceRow extends IntervalRow {
  readonly price: string;
}

/**
 * Interval and settlement point price from a row of ERCOT report NP6-905 (15-minute SPP by node, zone and hub) of a
 * document with these times.
 * @throws MarketRowError naming the column, what was found and what was expected: as `normalizeInterval`, and a price
 * that is no whole number of cents.
 */
export function normalizeSettlementPrice(
  row: SettlementPriceRow,
  document: DocumentTimes,
): { readonly interval: SettlementInterval; readonly priceUsdPerMwh: string } {
  return {
    interval: normalizeInterval(row, document),
    priceUsdPerMwh: normalizeCents("SettlementPointPrice", row.price),
  };
}
