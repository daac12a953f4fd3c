import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { dayStart, nextDay, operatingDayOf } from "./calendar.ts";
import { type CoincidentPeakRule, demandYearOf, hasPeak, peakRuleOn, usdPerMwOfPeak } from "./coincidentPeakRule.ts";
import { HOUR_SECONDS } from "./deliveryHour.ts";
import { chanceToBeHighest } from "./highestChance.ts";
import type { OperatingDay } from "./model.ts";

/** Load of the system that is expected in an hour, MW. */
export interface HourLoad {
  readonly startsAt: Instant;
  readonly mw: number;
}

/** The highest load of a day that was measured so far, MW, and the interval's start. */
export interface DayPeak {
  readonly day: OperatingDay;
  readonly mw: number;
  readonly startsAt: Instant;
}

/** How far a forecast errs. */
export interface ForecastErrors {
  /** Standard error as a share of the load, by hours ahead, ascending; straight between the rows, level beyond. */
  readonly byHoursAhead: readonly { readonly hours: number; readonly share: number }[];
  /** Standard error of one hour against the other hours of its day, as a share of the load. */
  readonly shapeShare: number;
}

/** What is known of the system's load at a moment. */
export interface LoadKnown {
  /** Hours that are not measured yet, ascending; of each day that it names, all of them. */
  readonly forecast: readonly HourLoad[];
  /** Of the days of this month that were measured, today's own so far among them. */
  readonly dayPeaks: readonly DayPeak[];
}

/** How a peak plan is made. */
export interface PeakRuling {
  readonly rules: readonly CoincidentPeakRule[];
  /** What a kW at the peaks of a year costs in the year after, $. */
  readonly tariffUsdPerKwYear: number;
  readonly errors: ForecastErrors;
}

/** An interval that may turn out to be a peak of its month. */
export interface PeakInterval {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly expectedMw: number;
  /** 0..1 */
  readonly probability: number;
  /** What is saved for each MW that is off in it: the probability times what the peak costs. */
  readonly valueUsdPerMw: number;
  /** What the rule of that day is called. */
  readonly rule: string;
  /** First month of the demand year that it counts in. */
  readonly demandYear: string;
}

/** Hours ahead that a plan names. */
const AHEAD_SECONDS = 48 * HOUR_SECONDS;
/** Days that one spell of weather lasts: their loads go together. */
const SPELL_DAYS = 4;

/**
 * The coming intervals that may turn out to be a coincident peak of their month, ascending, with the chance of each.
 * A day's chance is that the highest of its hours to come exceeds what the month has had and all its other days will
 * have; an hour's is its share of the day; the intervals of an hour share it alike. Days of the month beyond the
 * forecast are as the last day of it. Causal: it sees what `known` says and
 * nothing else. The peaks are those of 16 TAC 25.192(b) or its successor; their chances are Ballast's own rule.
 */
export function peakPlan(ruling: PeakRuling, known: LoadKnown, asOf: Instant): PeakInterval[] {
  const byDay = Map.groupBy(known.forecast, ({ startsAt }) => operatingDayOf(startsAt));
  const last = addSeconds(asOf, AHEAD_SECONDS);
  return [...byDay]
    .flatMap(([day, hours]) => {
      const rule = peakRuleOn(ruling.rules, day);
      if (rule === undefined || !hasPeak(rule, day) || dayStart(day) > last) return [];
      const dayChance = chanceOfDay(day, byDay, rule, ruling.errors, known, asOf);
      const loads = hours.map(({ mw }) => ({ expectedMw: mw, errorMw: mw * ruling.errors.shapeShare }));
      return hours.flatMap((hour, i) => {
        const perHour = HOUR_SECONDS / (rule.intervalMinutes * 60);
        const probability = (dayChance * chanceToBeHighest(loads, i)) / perHour;
        return intervalsOf(hour, perHour).map((interval) => ({
          ...interval,
          probability,
          valueUsdPerMw: probability * usdPerMwOfPeak(rule, ruling.tariffUsdPerKwYear),
          rule: rule.called,
          demandYear: demandYearOf(rule, day),
        }));
      });
    })
    .filter(({ startsAt, endsAt }) => endsAt > asOf && startsAt < last);
}

/** Chance that a peak of its month is in the hours to come of a day. */
function chanceOfDay(
  day: OperatingDay,
  byDay: ReadonlyMap<OperatingDay, readonly HourLoad[]>,
  { peaksPerMonth }: CoincidentPeakRule,
  errors: ForecastErrors,
  { dayPeaks }: LoadKnown,
  asOf: Instant,
): number {
  const month = day.slice(0, 7);
  const tops = [...byDay].map(([, hours]) => highestOf(hours));
  const ofMonth = [...byDay].filter(([other]) => other.startsWith(month));
  const expected = [...ofMonth.map(([, hours]) => highestOf(hours)), ...beyond(tops, month)];
  const standing = dayPeaks.filter((peak) => peak.day.startsWith(month)).map((peak) => ({ ...peak, errorMw: 0 }));
  const loads = [
    ...expected.map(({ mw, startsAt }) => {
      const hours = secondsBetween(asOf, startsAt) / HOUR_SECONDS;
      return { expectedMw: mw, errorMw: mw * errorShare(errors, hours) };
    }),
    ...standing.map(({ mw, errorMw }) => ({ expectedMw: mw, errorMw })),
  ];
  return chanceToBeHighest(
    loads,
    ofMonth.findIndex(([other]) => other === day),
    peaksPerMonth,
  );
}

/** Days of a month beyond the forecast: each spell of weather as one day that is like the mean of the forecast. */
function beyond(tops: readonly HourLoad[], month: string): HourLoad[] {
  const last = tops.at(-1);
  if (last === undefined) return [];
  const mw = tops.reduce((sum, top) => sum + top.mw, 0) / tops.length;
  const spells: HourLoad[] = [];
  let day = nextDay(operatingDayOf(last.startsAt));
  for (let ahead = 1; day <= `${month}-31`; ahead++, day = nextDay(day))
    if (day.startsWith(month) && ahead % SPELL_DAYS === 1)
      spells.push({ startsAt: addSeconds(last.startsAt, ahead * 24 * HOUR_SECONDS), mw });
  return spells;
}

function highestOf(hours: readonly HourLoad[]): HourLoad {
  return hours.reduce((top, one) => (one.mw > top.mw ? one : top));
}

/** Standard error as a share of the load, so many hours ahead. */
function errorShare({ byHoursAhead }: ForecastErrors, hours: number): number {
  const next = byHoursAhead.findIndex((row) => row.hours >= hours);
  const to = byHoursAhead[next] ?? byHoursAhead.at(-1);
  const from = byHoursAhead[next - 1];
  if (to === undefined) return 0;
  if (from === undefined || next === -1) return to.share;
  return from.share + ((to.share - from.share) * (hours - from.hours)) / (to.hours - from.hours);
}

function intervalsOf(
  { startsAt, mw }: HourLoad,
  perHour: number,
): Pick<PeakInterval, "startsAt" | "endsAt" | "expectedMw">[] {
  const seconds = HOUR_SECONDS / perHour;
  return Array.from({ length: perHour }, (_, i) => ({
    startsAt: addSeconds(startsAt, i * seconds),
    endsAt: addSeconds(startsAt, (i + 1) * seconds),
    expectedMw: mw,
  }));
}
