import { MarketRowError } from "./normalizeError.ts";

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
