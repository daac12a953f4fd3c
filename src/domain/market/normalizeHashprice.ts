import { hashpriceProblem } from "../units/hashprice.ts";
import { MarketRowError, normalizeDecimal } from "./normalizeField.ts";

/**
 * A hashprice as decimal text, US dollars per PH/s per day, in a format of Ballast's own. @throws MarketRowError when
 * it is no plain decimal number or implausible, with the unit that it is likely to be in.
 */
export function normalizeHashprice(column: string, text: string | undefined): string {
  const price = normalizeDecimal(column, text);
  const problem = hashpriceProblem(Number(price));
  if (problem !== undefined) throw new MarketRowError(column, text, problem);
  return price;
}
