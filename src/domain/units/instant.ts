/** A point in time as ISO-8601 UTC text with milliseconds, e.g. `2026-08-18T22:05:11.000Z`. Sorts as text. */
declare const instantBrand: unique symbol;
export type Instant = string & { readonly [instantBrand]: true };

/** A value outside the range its unit allows; the message says what was expected. */
export class UnitError extends Error {
  override name = "UnitError";
}

/** Instant of `epochMs` milliseconds since 1970-01-01T00:00Z. @throws UnitError when not a finite integer. */
export function instantFromMs(epochMs: number): Instant {
  if (!Number.isSafeInteger(epochMs)) throw new UnitError(`instant: expected whole milliseconds, got ${epochMs}`);
  return new Date(epochMs).toISOString() as Instant;
}

/**
 * Milliseconds since 1970-01-01T00:00Z of an instant. @throws UnitError when the text is not an instant with a zone.
 */
export function msOfInstant(instant: Instant): number {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms))
    throw new UnitError(`instant: expected ISO-8601 UTC text such as 2026-08-18T22:05:11.000Z, got "${instant}"`);
  return ms;
}

/**
 * Instant from ISO-8601 text that carries `Z` or an offset. @throws UnitError when it has no offset, or when there is
 * no such date or time: 30 February, 24:00, minute 60.
 */
export function parseInstant(text: string): Instant {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d):\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)$/.exec(text);
  if (match === null) {
    throw new UnitError(
      `instant: expected ISO-8601 text with Z or an offset such as 2026-08-18T22:05:11Z, got "${text}"`,
    );
  }
  const [, day = "", hour] = match;
  if (!isCalendarDay(day)) throw new UnitError(`instant: no such date: "${text}"`);
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || hour === "24") throw new UnitError(`instant: no such time of day or offset: "${text}"`);
  return instantFromMs(ms);
}

/** Whether a text is an instant in the one form in which instants are compared and sorted. */
export function isInstant(text: string): text is Instant {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && instantFromMs(ms) === text;
}

/** Whether `YYYY-MM-DD` names a day of the calendar: 2026-02-30 does not, though a date parser takes it for 2 March. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** The instant `seconds` after (negative: before) another. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantFromMs(msOfInstant(instant) + Math.round(seconds * 1000));
}

/** Whole and fractional seconds from one instant to another; negative when `to` is earlier. */
export function secondsBetween(from: Instant, to: Instant): number {
  return (msOfInstant(to) - msOfInstant(from)) / 1000;
}

/** The earlier of two instants; the first where there is no other. */
export function earlierOf(one: Instant, other: Instant | undefined): Instant {
  return other !== undefined && other < one ? other : one;
}
