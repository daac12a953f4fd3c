import { dayEnd, operatingDayOf } from "../../src/domain/market/calendar.ts";
import type { ForecastErrors, HourLoad } from "../../src/domain/market/peakPlan.ts";
import { instantFromMs, type Instant, msOfInstant } from "../../src/domain/units/instant.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** Days whose shape says how a day goes on. */
const SHAPE_DAYS = 7;
/** Days whose mean a load returns to, and the share of its distance that lasts to the next day. */
const MEAN_DAYS = 14;
const LASTS_SHARE = 0.7;
/** Days of which forecasts were tried to know how far they err. */
const TRIED_DAYS = 45;
const LEADS = [2, 4, 6, 9, 12, 18, 24, 48, 96, 168, 720];
/** Hours beside the forecast's highest that are held against it. */
const SHAPE_HOURS = 2;

/** Loads hour by hour without a gap; `known` counts those that are published. */
export interface LoadSeries {
  readonly loads: readonly HourLoad[];
}

/** Index of the hour that starts at an instant. */
export function indexAt({ loads }: LoadSeries, at: Instant): number {
  return (msOfInstant(at) - msOfInstant((loads[0] as HourLoad).startsAt)) / HOUR_MS;
}

/**
 * Persistence: an hour that is left of the day of the first unknown hour is the mean of that hour on the last seven
 * days, each times the last three known hours over the same ones of its day. The days after return from that to the
 * mean of the last 14 days, hour by hour, by a fixed share a day. Sees hours before `known` alone.
 */
export function persistence({ loads }: LoadSeries, known: number, hours: number): HourLoad[] {
  const mwAt = (i: number): number => (loads[i] as HourLoad).mw;
  const sum = (end: number): number => mwAt(end - 1) + mwAt(end - 2) + mwAt(end - 3);
  const ratios = Array.from({ length: SHAPE_DAYS }, (_, d) => sum(known) / sum(known - (d + 1) * DAY_HOURS));
  const firstMs = msOfInstant((loads[known - 1] as HourLoad).startsAt) + HOUR_MS;
  const dayEndsMs = msOfInstant(dayEnd(operatingDayOf(instantFromMs(firstMs))));
  // mean of an hour over the last days whose hour is known
  const means = Array.from({ length: DAY_HOURS }, (_, i) => {
    const days = Array.from({ length: MEAN_DAYS }, (__, d) => mwAt(known + i - (d + 1) * DAY_HOURS));
    return days.reduce((all, one) => all + one, 0) / MEAN_DAYS;
  });
  const made: HourLoad[] = [];
  for (let i = 0; i < hours; i++) {
    const ms = firstMs + i * HOUR_MS;
    const before = known + i - DAY_HOURS;
    const mean = means[i % DAY_HOURS] as number;
    const dayBefore = before < known ? (loads[before] as HourLoad).mw : (made[i - DAY_HOURS] as HourLoad).mw;
    const mw =
      ms < dayEndsMs
        ? ratios.reduce((all, ratio, d) => all + mwAt(before - d * DAY_HOURS) * ratio, 0) / SHAPE_DAYS
        : mean + LASTS_SHARE * (dayBefore - mean);
    made.push({ startsAt: instantFromMs(ms), mw });
  }
  return made;
}

/** How far persistence erred on the days before the hour `until`: root of the mean square, as shares of the load. */
export function errorsBefore(series: LoadSeries, until: number): ForecastErrors {
  const { loads } = series;
  const first = until - TRIED_DAYS * DAY_HOURS;
  const indexes = Array.from({ length: until - first }, (_, i) => first + i);
  const days = [...Map.groupBy(indexes, (i) => operatingDayOf((loads[i] as HourLoad).startsAt)).values()].slice(1, -1);
  const tops = days.map((own) => {
    const [from, to] = [own[0] as number, (own.at(-1) as number) + 1];
    return { from, to, top: highest(loads.slice(from, to)) + from };
  });
  const byHoursAhead = LEADS.map((hours) => ({
    hours,
    share: rootMeanSquare(
      tops.map(({ from, to, top }) => {
        const known = top - hours;
        const forecast = persistence(series, known, to - known).slice(Math.max(from - known, 0));
        return Math.max(...forecast.map(({ mw }) => mw)) / (loads[top] as HourLoad).mw - 1;
      }),
    ),
  }));
  const shapes = tops.flatMap(({ from, to }) => {
    const forecast = persistence(series, from, to - from);
    const top = highest(forecast);
    return forecast
      .map(
        ({ mw }, i) =>
          mw / (forecast[top] as HourLoad).mw - (loads[from + i] as HourLoad).mw / (loads[from + top] as HourLoad).mw,
      )
      .filter((_, i) => i !== top && Math.abs(i - top) <= SHAPE_HOURS);
  });
  return { byHoursAhead, shapeShare: rootMeanSquare(shapes) };
}

function highest(loads: readonly HourLoad[]): number {
  return loads.reduce((top, { mw }, i) => (mw > (loads[top] as HourLoad).mw ? i : top), 0);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, one) => sum + one * one, 0) / values.length);
}
