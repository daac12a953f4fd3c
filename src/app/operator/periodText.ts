import { isCalendarDay } from "../../domain/units/instant.ts";

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/**
 * First and last day of a period written `YYYY-MM-DD..YYYY-MM-DD`; undefined when it is none, or longer than a leap
 * year.
 */
export function periodOf(text: string): { readonly from: string; readonly to: string } | undefined {
  const [from, to, ...rest] = text.split("..");
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  if (!isCalendarDay(from) || !isCalendarDay(to) || from > to) return undefined;
  return (Date.parse(to) - Date.parse(from)) / DAY_MS < DAYS_MAX ? { from, to } : undefined;
}
