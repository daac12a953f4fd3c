import { MarketRowError } from "./normalizeError.ts";

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
