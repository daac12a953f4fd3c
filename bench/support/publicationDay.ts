import type { PriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { intervalsOfDay, intervalStart } from "../../src/domain/market/calendar.ts";
import type { OperatingDay } from "../../src/domain/market/model.ts";
import { msOfInstant } from "../../src/domain/units/instant.ts";

/** One run off the mark in sixty, as in 2024. */
const EXTRA_EVERY_RUNS = 60;
const RUN_AFTER_MARK_SECONDS = 12;

/** Days in which every SCED run, interval and minute has a value: what they are plays no part in when they come. */
export function publicationDays(days: readonly OperatingDay[], points: ReadonlyMap<string, string>): PriceDay {
  const intervals = days.flatMap((day) => intervalsOfDay(day));
  const startsMs = intervals.map((interval) => msOfInstant(intervalStart(interval)));
  const marksMs = startsMs.flatMap((startMs) => [0, 1, 2].map((third) => startMs + third * 300_000));
  const runsMs = marksMs.flatMap((markMs, i) => {
    const onMark = markMs + RUN_AFTER_MARK_SECONDS * 1000;
    return i % EXTRA_EVERY_RUNS === EXTRA_EVERY_RUNS - 1 ? [onMark, onMark + 130_000] : [onMark];
  });
  return {
    days,
    runs: runsMs.map((atMs) => ({ atMs, lmps: [...points.keys()].map((point) => ({ point, lmp: "20.00" })) })),
    intervals: intervals.map((interval) => ({
      startMs: msOfInstant(intervalStart(interval)),
      day: interval.operatingDay,
      hourEnding: interval.hourEnding,
      interval: interval.interval,
      repeated: interval.repeatedHour,
      prices: [...points].map(([point, type]) => ({ point, type, price: "20.00" })),
    })),
    corrections: [],
    conditions: startsMs.map((atMs) => ({ atMs, prcMw: 9_000, state: "normal", eeaLevel: 0 })),
  };
}
