import { decimalPlaces } from "../units/decimal.ts";
import type { OperatingDay } from "./model.ts";

/** A row that is not what its report promises. The reader of the file adds the document and the row number. */
export class MarketRowError extends Error {
  override name = "MarketRowError";
  readonly column: string;

  constructor(column: string, found: string | undefined, expected: string) {
    super(`column ${column}: expected ${expected}, found ${found === undefined ? "nothing" : `"${found}"`}`);
    this.column = column;
  }
}

/** `MM/DD/YYYY` (MIS reports) or `YYYY-MM-DD` (API) → operating day. @throws MarketRowError for anything else. */
export function normalizeDay(column: string, text: string | undefined): OperatingDay {
  const trimmed = (text === undefined ? "" : text).trim();
  const us = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(trimmed);
  if (us !== null) return `${us[3]}-${us[1]}-${us[2]}`;
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed)) return trimmed;
  throw new MarketRowError(column, text, "a date as MM/DD/YYYY or YYYY-MM-DD");
}

/**
 * ERCOT's repeated-hour flag: `Y`/`true` on the second copy of the autumn hour (standard time), `N`/`false` otherwise.
 * @throws MarketRowError for any other text.
 */
export function normalizeFlag(column: string, text: string | undefined): boolean {
  const flag = text?.trim().toUpperCase();
  if (flag === "Y" || flag === "TRUE") return true;
  if (flag === "N" || flag === "FALSE") return false;
  throw new MarketRowError(column, text, "Y or N");
}

/**
 * Decimal text with its digits kept as ERCOT publishes them; `.41` and `-.41` get their leading zero. Values are
 * compared with `sameDecimal`, never as text. @throws MarketRowError when the text is empty or no plain decimal number.
 */
export function normalizeDecimal(column: string, text: string | undefined): string {
  const trimmed = text?.trim();
  if (trimmed === undefined || !/^-?(\d{1,12}(\.\d{1,20})?|\.\d{1,20})$/.test(trimmed)) {
    throw new MarketRowError(column, text, "a decimal number such as -12.40");
  }
  return trimmed.replace(/^(-?)\./, "$10.");
}

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
