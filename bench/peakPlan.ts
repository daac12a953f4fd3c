import { peakSpells } from "../src/domain/decision/peakSpells.ts";
import { dayEnd, dayStart, nextDay, operatingDayOf } from "../src/domain/market/calendar.ts";
import type { CoincidentPeakRule } from "../src/domain/market/coincidentPeakRule.ts";
import type { DayPeak, ForecastErrors, HourLoad, PeakInterval } from "../src/domain/market/peakPlan.ts";
import { peakPlan as planPeaks } from "../src/domain/market/peakPlan.ts";
import { secondsBetween } from "../src/domain/units/instant.ts";
import { type Bench, type BenchReport, countOption } from "./support/bench.ts";
import { nativeLoad } from "./support/nativeLoad.ts";
import { errorsBefore, indexAt, persistence } from "./support/persistence.ts";

const YEARS = [2021, 2022, 2023, 2024, 2025];
/** 4CP of 16 TAC 25.192(b), by the hour: quarter hours of those years are not published. */
const RULE: CoincidentPeakRule = {
  effectiveFrom: "2000-01-01",
  called: "4CP by the hour",
  months: [6, 7, 8, 9],
  intervalMinutes: 60,
  peaksPerMonth: 1,
  demandYearStart: 1,
};
/** Whole days after today that are forecast. */
const FORECAST_DAYS = 6;
/** A load of strike 75 $/MWh at a quiet price of 30, whose restart loses a quarter of an hour. */
const COST = { marginUsdPerMwh: 45, restartUsdPerMw: 18.75 };
/** Tariffs tried, $/kW-year: the sum of ERCOT's postage stamp is about 70. */
const TARIFFS = [10, 20, 35, 70, 140];
const TARIFF = 70;

/** What the plan of an hour said at its start, and what its load turned out to be. */
interface HourSeen {
  readonly at: HourLoad;
  readonly plan: readonly PeakInterval[];
}

/** The peak plan hour by hour over the summers of native load, against the peaks that came. */
export const peakPlan: Bench = {
  name: "peak-plan",
  summary: "Coincident peaks of native load 2021-25 that the peak plan calls, and the hours off that it takes",
  options: (command) => command.option("--days <n>", "days a month on which the load may be off", "31"),
  run: (options, context): Promise<BenchReport> => {
    const dataDir = process.env["BALLAST_DATA_DIR"];
    if (dataDir === undefined)
      return Promise.reject(new RangeError("set BALLAST_DATA_DIR to the folder with ERCOT's native load"));
    context.say("Planning every hour of twenty months; it takes about half a minute ...");
    const eventDays = countOption(options, "days");
    return Promise.resolve(
      report(
        YEARS.flatMap((year) => nativeLoad(dataDir, year)),
        eventDays,
      ),
    );
  },
};

function report(loads: readonly HourLoad[], eventDays: number): BenchReport {
  const months = YEARS.flatMap((year) => RULE.months.map((month) => `${year}-${String(month).padStart(2, "0")}`));
  const seen = months.map((month) => ({ month, hours: hoursOf(month, loads) }));
  const scored = TARIFFS.map((tariff) => ({
    tariff,
    months: seen.map(({ month, hours }) => score(month, hours, tariff, eventDays)),
  }));
  const own = scored.find(({ tariff }) => tariff === TARIFF)?.months ?? [];
  const sumOf = (of: readonly Scored[], what: (one: Scored) => number): number =>
    of.reduce((sum, one) => sum + what(one), 0);
  const hits = (of: readonly Scored[]): number => sumOf(of, ({ isHit }) => (isHit ? 1 : 0));
  const hours = (of: readonly Scored[]): number => sumOf(of, ({ hoursOff }) => hoursOff) / of.length;
  const days = (of: readonly Scored[]): number => sumOf(of, ({ daysOff }) => daysOff) / of.length;
  const byYear = YEARS.map((year) => ({ year, of: own.filter(({ month }) => month.startsWith(String(year))) }));
  return {
    inputSize: `${loads.length} hours of native load, ${months.length} months with a peak`,
    seed: 1,
    tables: [
      {
        title: `Peaks called at ${TARIFF} $/kW-year, by year`,
        columns: ["year", "peaks hit of 4", "hours off a peak", "days off a month"],
        rows: byYear.map(({ year, of }) => [`${year}`, `${hits(of)}`, hours(of).toFixed(1), days(of).toFixed(1)]),
      },
      {
        title: "The same by tariff: what it costs to catch more",
        columns: ["$/kW-year", "peaks hit of 20", "hours off a peak", "days off a month"],
        rows: scored.map(({ tariff, months: of }) => [
          `${tariff}`,
          `${hits(of)}`,
          hours(of).toFixed(1),
          days(of).toFixed(1),
        ]),
      },
      {
        title: "Month by month",
        columns: ["month", "peak hour", "MW", "chance said", "called", "hours off"],
        rows: own.map(({ month, peak, probability, isHit, hoursOff }) => [
          month,
          peak.startsAt,
          peak.mw.toFixed(0),
          probability.toFixed(4),
          isHit ? "yes" : "no",
          `${hoursOff}`,
        ]),
      },
    ],
    figures: {
      peaksHit: hits(own),
      hoursPerPeak: hours(own),
      daysPerPeak: days(own),
      ...Object.fromEntries(
        byYear.flatMap(({ year, of }) => [
          [`peaksHit${year}`, hits(of)],
          [`hoursPerPeak${year}`, hours(of)],
        ]),
      ),
      chancesPerPeak: sumOf(own, ({ chances }) => chances) / own.length,
    },
    peakMemoryMb: { bench: process.memoryUsage().rss / 1e6 },
    goals: [{ figure: "peaksHit", what: "of the 20 monthly peaks", limit: 18, sense: "min" }],
    notes: [
      "Each hour is decided at its start. The load of an hour counts as known an hour after its end.",
      "Forecast: persistence. Its errors are those of the 45 days before each month; nothing later is seen.",
      "chancesPerPeak: chances said for all hours of a month, summed; 1 where they are right.",
      "Peaks by the hour stand for those by the quarter hour. docs/performance.md says what was tried on these years.",
    ],
  };
}

/** What the plan said at the start of every hour of a month. */
function hoursOf(month: string, loads: readonly HourLoad[]): HourSeen[] {
  const series = { loads };
  const first = indexAt(series, dayStart(`${month}-01`));
  // the last hour before the month is not known yet at its start
  const errors = errorsBefore(series, first - 1);
  const dayPeaks = new Map<string, DayPeak>();
  const hours: HourSeen[] = [];
  for (let i = first; ; i++) {
    const at = loads[i];
    if (at === undefined || !operatingDayOf(at.startsAt).startsWith(month)) return hours;
    note(loads[i - 2] as HourLoad, dayPeaks);
    hours.push({ at, plan: planAt(series, i, errors, [...dayPeaks.values()]) });
  }
}

function note({ startsAt, mw }: HourLoad, dayPeaks: Map<string, DayPeak>): void {
  const day = operatingDayOf(startsAt);
  const before = dayPeaks.get(day);
  if (before === undefined || mw > before.mw) dayPeaks.set(day, { day, mw, startsAt });
}

/** The plan at the start of hour `i`: the hours before the one that has just ended are known. */
function planAt(
  series: { readonly loads: readonly HourLoad[] },
  i: number,
  errors: ForecastErrors,
  dayPeaks: readonly DayPeak[],
): readonly PeakInterval[] {
  const known = i - 1;
  const asOf = (series.loads[i] as HourLoad).startsAt;
  let last = operatingDayOf(asOf);
  for (let day = 0; day < FORECAST_DAYS; day++) last = nextDay(last);
  const hours = secondsBetween((series.loads[known] as HourLoad).startsAt, dayEnd(last)) / 3_600;
  const forecast = persistence(series, known, hours);
  // at $1 a kW-year, so that a chance can be valued at any tariff
  return planPeaks({ rules: [RULE], tariffUsdPerKwYear: 1, errors }, { forecast, dayPeaks }, asOf);
}

/** What a month came to at a tariff. */
interface Scored {
  readonly month: string;
  readonly peak: HourLoad;
  readonly probability: number;
  readonly isHit: boolean;
  readonly hoursOff: number;
  readonly daysOff: number;
  readonly chances: number;
}

function score(month: string, hours: readonly HourSeen[], tariff: number, eventDays: number): Scored {
  let isOff = false;
  const days = new Set<string>();
  const off = hours.filter(({ at, plan }) => {
    const isOpen = ({ startsAt }: PeakInterval): boolean => days.size < eventDays || days.has(operatingDayOf(startsAt));
    const valued = plan.filter(isOpen).map((one) => ({ ...one, valueUsdPerMw: one.valueUsdPerMw * tariff }));
    const spells = peakSpells(valued, COST, { asOf: at.startsAt, isOff, leastProbability: 0 });
    isOff = spells.some(({ from, until }) => from <= at.startsAt && until > at.startsAt);
    if (isOff) days.add(operatingDayOf(at.startsAt));
    return isOff;
  });
  const peak = hours.reduce((top, one) => (one.at.mw > top.at.mw ? one : top));
  const chanceOf = ({ at, plan }: HourSeen): number =>
    plan.find(({ startsAt }) => startsAt === at.startsAt)?.probability ?? Number.NaN;
  return {
    month,
    peak: peak.at,
    probability: chanceOf(peak),
    isHit: off.includes(peak),
    hoursOff: off.length,
    daysOff: days.size,
    chances: hours.reduce((sum, one) => sum + chanceOf(one), 0),
  };
}
