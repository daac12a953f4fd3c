import { UnitError, instantFromMs, isCalendarDay, msOfInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { IntervalKey, OperatingDay, SettlementInterval } from "./model.ts";

/**
 * ERCOT's Central Prevailing Time follows America/Chicago, and nothing else in the domain knows a zone. Its rule is the
 * US clock change, newest first (Energy Policy Act of 2005, 15 U.S.C. 260a): daylight time from the second Sunday
 * of March 02:00 standard time to the first Sunday of November 02:00 daylight time. A new law is a new row.
 */
const CLOCK_RULES = [
  {
    fromYear: 2007,
    starts: { month: 3, sunday: 2 },
    ends: { month: 11, sunday: 1 },
    standardHours: -6,
    daylightHours: -5,
  },
] as const;

const SECOND_MS = 1000;
const INTERVAL_MS = 900 * SECOND_MS;
const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const REPEATED_HOUR_ENDING = 2;

interface YearClock {
  readonly daylightFromMs: number;
  readonly daylightToMs: number;
  readonly standardMs: number;
  readonly daylightMs: number;
}

/**
 * Wall clock of the market at an instant. `time` is `HH:MM:SS`; `repeatedHour` marks the second 01:00-02:00 in autumn.
 */
export interface CentralWall {
  readonly day: OperatingDay;
  readonly time: string;
  readonly repeatedHour: boolean;
  /** `-05:00` in daylight time, `-06:00` in standard time. */
  readonly offset: string;
}

/**
 * The settlement interval that contains an instant; an interval owns its start, not its end. @throws UnitError before
 * 2007.
 */
export function settlementInterval(at: Instant): SettlementInterval {
  const utcMs = msOfInstant(at);
  const { wallMs, repeatedHour } = wallOf(utcMs);
  const msOfDay = wallMs - Math.floor(wallMs / DAY_MS) * DAY_MS;
  return {
    operatingDay: dayText(wallMs),
    hourEnding: Math.floor(msOfDay / HOUR_MS) + 1,
    interval: Math.floor((msOfDay % HOUR_MS) / INTERVAL_MS) + 1,
    repeatedHour,
  };
}

/**
 * Start of a settlement interval. @throws UnitError when there is no such interval: HE 3 of the spring change day, a
 * `repeatedHour` flag on any hour but HE 2 of the autumn change day, hour or interval out of range, no such day.
 */
export function intervalStart(interval: SettlementInterval): Instant {
  const { hourEnding, interval: quarter } = interval;
  if (!Number.isInteger(hourEnding) || hourEnding < 1 || hourEnding > 24) {
    throw new UnitError(`settlement interval: expected hour ending 1..24, got ${hourEnding}`);
  }
  if (!Number.isInteger(quarter) || quarter < 1 || quarter > 4) {
    throw new UnitError(`settlement interval: expected interval 1..4, got ${quarter}`);
  }
  const wallMs = wallDayMs(interval.operatingDay) + (hourEnding - 1) * HOUR_MS + (quarter - 1) * INTERVAL_MS;
  return instantFromMs(utcOfWall(wallMs, interval.repeatedHour, `${interval.operatingDay} HE ${hourEnding}`));
}

/** End of a settlement interval: 900 s after its start. @throws UnitError as `intervalStart`. */
export function intervalEnd(interval: SettlementInterval): Instant {
  return instantFromMs(msOfInstant(intervalStart(interval)) + INTERVAL_MS);
}

/** `2024-08-20/21/2`: day, hour ending, interval; `R` appended for the second copy of the repeated hour. */
export function intervalKey(interval: SettlementInterval): IntervalKey {
  return `${interval.operatingDay}/${interval.hourEnding}/${interval.interval}${interval.repeatedHour ? "R" : ""}`;
}

/** The interval of a key. @throws UnitError when the text is no key or the interval does not exist. */
export function parseIntervalKey(key: IntervalKey): SettlementInterval {
  const match = /^(\d{4}-\d\d-\d\d)\/([1-9]|1\d|2[0-4])\/([1-4])(R?)$/.exec(key);
  if (match === null) throw new UnitError(`interval key: expected text such as 2024-08-20/21/2, got "${key}"`);
  const [, operatingDay = "", hourEnding, quarter, repeated] = match;
  const interval = {
    operatingDay,
    hourEnding: Number(hourEnding),
    interval: Number(quarter),
    repeatedHour: repeated === "R",
  };
  intervalStart(interval);
  return interval;
}

/**
 * All intervals of an operating day in order: 96, or 92 and 100 on the change days. @throws UnitError when there is no
 * such day.
 */
export function intervalsOfDay(day: OperatingDay): SettlementInterval[] {
  const endMs = msOfInstant(dayEnd(day));
  const intervals: SettlementInterval[] = [];
  for (let ms = msOfInstant(dayStart(day)); ms < endMs; ms += INTERVAL_MS)
    intervals.push(settlementInterval(instantFromMs(ms)));
  return intervals;
}

/** Operating day that contains an instant. @throws UnitError before 2007. */
export function operatingDayOf(at: Instant): OperatingDay {
  return dayText(wallOf(msOfInstant(at)).wallMs);
}

/** Central midnight that starts an operating day. @throws UnitError when there is no such day. */
export function dayStart(day: OperatingDay): Instant {
  return instantFromMs(utcOfWall(wallDayMs(day), false, day));
}

/** Central midnight that ends an operating day. @throws UnitError when there is no such day. */
export function dayEnd(day: OperatingDay): Instant {
  return dayStart(nextDay(day));
}

/** The day after. @throws UnitError when there is no such day. */
export function nextDay(day: OperatingDay): OperatingDay {
  return dayText(wallDayMs(day) + DAY_MS);
}

/** The day before. @throws UnitError when there is no such day. */
export function previousDay(day: OperatingDay): OperatingDay {
  return dayText(wallDayMs(day) - DAY_MS);
}

/**
 * Instant of a Central wall-clock reading. `time` is `HH:MM:SS`; `repeatedHour` picks the second 01:00-02:00 of the
 * autumn change day.
 * @throws UnitError for a time the clocks skip, a flag on an hour that is not repeated, or text that is no day or time.
 */
export function wallToInstant(wall: {
  readonly day: OperatingDay;
  readonly time: string;
  readonly repeatedHour: boolean;
}): Instant {
  const msOfDay = msOfDayOf(wall.time);
  if (msOfDay === undefined) throw new UnitError(`central time: expected HH:MM:SS, got "${wall.time}"`);
  return instantFromMs(utcOfWall(wallDayMs(wall.day) + msOfDay, wall.repeatedHour, `${wall.day} ${wall.time}`));
}

/**
 * Every instant at which Central wall clocks read `day` and `time` (`HH:MM:SS`): one; two in the repeated hour, the
 * daylight one first; none where the clocks skip it, before 2007, or where the text is no day or time. For foreign
 * text, in which what is odd is no error.
 */
export function instantsOfWall(day: string, time: string): Instant[] {
  const msOfDay = msOfDayOf(time);
  if (msOfDay === undefined || !isCalendarDay(day)) return [];
  const wallMs = Date.parse(`${day}T00:00:00Z`) + msOfDay;
  if (ruleOf(new Date(wallMs).getUTCFullYear()) === undefined) return [];
  const { asDaylight, asStandard } = readingsOf(wallMs);
  return [asDaylight, asStandard].filter((ms) => ms !== undefined).map(instantFromMs);
}

/** Central wall clock at an instant, whole seconds. @throws UnitError before 2007. */
export function centralWall(at: Instant): CentralWall {
  const utcMs = msOfInstant(at);
  const { wallMs, repeatedHour } = wallOf(utcMs);
  const hours = Math.round((utcMs - wallMs) / HOUR_MS);
  return {
    day: dayText(wallMs),
    time: new Date(wallMs).toISOString().slice(11, 19),
    repeatedHour,
    offset: `-0${hours}:00`,
  };
}

/** Wall time as milliseconds of a clock that has no zone. */
function wallOf(utcMs: number): { wallMs: number; repeatedHour: boolean } {
  const clock = yearClock(new Date(utcMs - 6 * HOUR_MS).getUTCFullYear());
  const daylight = utcMs >= clock.daylightFromMs && utcMs < clock.daylightToMs;
  const repeatedHour =
    utcMs >= clock.daylightToMs && utcMs < clock.daylightToMs + (clock.daylightMs - clock.standardMs);
  return { wallMs: utcMs + (daylight ? clock.daylightMs : clock.standardMs), repeatedHour };
}

function utcOfWall(wallMs: number, repeatedHour: boolean, what: string): number {
  const { asDaylight, asStandard } = readingsOf(wallMs);
  const first = asDaylight ?? asStandard;
  if (first === undefined) {
    throw new UnitError(`${what}: this hour does not exist, clocks go from 02:00 to 03:00 that day (there is no HE 3)`);
  }
  if (!repeatedHour) return first;
  if (asStandard === undefined || asDaylight === undefined) {
    throw new UnitError(
      `${what}: flagged as repeated hour, but only HE ${REPEATED_HOUR_ENDING} of the autumn change day repeats`,
    );
  }
  return asStandard;
}

/** The two readings of a wall time, UTC milliseconds; undefined where the clocks do not show it in that time. */
function readingsOf(wallMs: number): { readonly asDaylight?: number; readonly asStandard?: number } {
  const clock = yearClock(new Date(wallMs).getUTCFullYear());
  const asStandard = wallMs - clock.standardMs;
  const asDaylight = wallMs - clock.daylightMs;
  const isStandard = asStandard < clock.daylightFromMs || asStandard >= clock.daylightToMs;
  const isDaylight = asDaylight >= clock.daylightFromMs && asDaylight < clock.daylightToMs;
  return { asDaylight: isDaylight ? asDaylight : undefined, asStandard: isStandard ? asStandard : undefined };
}

/** Milliseconds after midnight of `HH:MM:SS`; undefined when the text is none. */
function msOfDayOf(time: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(time);
  if (match === null) return undefined;
  const [, hours, minutes, seconds] = match;
  return Number(hours) * HOUR_MS + (Number(minutes) * 60 + Number(seconds)) * SECOND_MS;
}

function ruleOf(year: number): (typeof CLOCK_RULES)[number] | undefined {
  return CLOCK_RULES.find((candidate) => year >= candidate.fromYear);
}

const yearClocks = new Map<number, YearClock>();

/** The same for every moment of a year, of which there are at most the 9,999 that a day's text can name. */
function yearClock(year: number): YearClock {
  const known = yearClocks.get(year);
  if (known !== undefined) return known;
  const rule = ruleOf(year);
  if (rule === undefined)
    throw new UnitError(
      `calendar: no clock-change rule for ${year}, the table starts in ${CLOCK_RULES.at(-1)?.fromYear}`,
    );
  const standardMs = rule.standardHours * HOUR_MS;
  const daylightMs = rule.daylightHours * HOUR_MS;
  const twoOClock = 2 * HOUR_MS;
  const clock = {
    daylightFromMs: sundayMs(year, rule.starts) + twoOClock - standardMs,
    daylightToMs: sundayMs(year, rule.ends) + twoOClock - daylightMs,
    standardMs,
    daylightMs,
  };
  yearClocks.set(year, clock);
  return clock;
}

function sundayMs(year: number, which: { readonly month: number; readonly sunday: number }): number {
  const firstMs = Date.UTC(year, which.month - 1, 1);
  const daysToSunday = (7 - new Date(firstMs).getUTCDay()) % 7;
  return firstMs + (daysToSunday + (which.sunday - 1) * 7) * DAY_MS;
}

function wallDayMs(day: OperatingDay): number {
  if (!isCalendarDay(day)) throw new UnitError(`operating day: expected an existing day as YYYY-MM-DD, got "${day}"`);
  return Date.parse(`${day}T00:00:00Z`);
}

function dayText(wallMs: number): OperatingDay {
  return new Date(wallMs).toISOString().slice(0, 10);
}
