import { decimalPlaces } from "../units/decimal.ts";
import { MarketRowError } from "./normalizeError.ts";
import { normalizePrice } from "./normalizePrice.ts";

/**
 * A settlement price: whole cents per MWh, as ERCOT publishes them in NP6-905 and as they enter the money.
 * @throws MarketRowError for a finer one.
 */
export function normalizeCents(column: string, text: string): string {
  const price = normalizePrice(column, text);
  if (decimalPlaces(price) > 2)
    throw new MarketRowError(column, text, "whole cents per MWh, at most two decimal places");
  return price;
}
