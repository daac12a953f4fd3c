import { isCalendarDay } from "../../domain/units/instant.ts";

/** First and last day of a period written `YYYY-MM-DD..YYYY-MM-DD`; undefined when it is none. */
export function periodOf(text: string): { readonly from: string; readonly to: string } | undefined {
  const [from, to, ...rest] = text.split("..");
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  return isCalendarDay(from) && isCalendarDay(to) && from <= to ? { from, to } : undefined;
}
