import { normalizeDecimal } from "./normalizeDecimal.ts";
import { MarketRowError } from "./normalizeError.ts";

/** Systems write -99999 or 999999999 for "no value"; the dearest interval ever settled is below a tenth of it. */
const NO_VALUE_USD_PER_MWH = 99_999;

/**
 * A price of ERCOT's market as decimal text, $/MWh. It may be negative, and it is not held to the offer cap, because
 * congestion and adders exceed it. @throws MarketRowError when the text is no plain decimal number, or so large that it
 * stands for a value that is not there: 99,999 and more, either sign.
 */
export function normalizePrice(column: string, text: string | undefined): string {
  const price = normalizeDecimal(column, text);
  const number = Number(price);
  if (number >= NO_VALUE_USD_PER_MWH || number <= -NO_VALUE_USD_PER_MWH) {
    throw new MarketRowError(
      column,
      text,
      `a price in $/MWh within ±${NO_VALUE_USD_PER_MWH}; this stands for no value`,
    );
  }
  return price;
}
