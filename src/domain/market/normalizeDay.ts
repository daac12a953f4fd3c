import type { OperatingDay } from "./model.ts";
import { MarketRowError } from "./normalizeError.ts";

/** `MM/DD/YYYY` (MIS reports) or `YYYY-MM-DD` (API) → operating day. @throws MarketRowError for anything else. */
export function normalizeDay(column: string, text: string | undefined): OperatingDay {
  const trimmed = (text === undefined ? "" : text).trim();
  const us = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(trimmed);
  if (us !== null) return `${us[3]}-${us[1]}-${us[2]}`;
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed)) return trimmed;
  throw new MarketRowError(column, text, "a date as MM/DD/YYYY or YYYY-MM-DD");
}
