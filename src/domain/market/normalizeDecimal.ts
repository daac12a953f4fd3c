import { MarketRowError } from "./normalizeError.ts";

/**
 * A price as decimal text, $/MWh, digits kept as ERCOT publishes them. A price has no upper bound (congestion and
 * adders exceed the offer cap) and may be negative. @throws MarketRowError when the text is empty or no plain decimal
 * number.
 */
export function normalizeDecimal(column: string, text: string | undefined): string {
  const trimmed = text?.trim();
  if (trimmed === undefined || !/^-?\d{1,12}(\.\d{1,20})?$/.test(trimmed)) {
    throw new MarketRowError(column, text, "a decimal number such as -12.40");
  }
  return trimmed;
}
