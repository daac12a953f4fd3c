import type { PriceDay } from "./priceDay.ts";

/**
 * Several loaded days as one. A run or interval that two of them hold is taken from the first. @throws RangeError for
 * no day at all.
 */
export function joinDays(days: readonly PriceDay[]): PriceDay {
  const [first, ...others] = days;
  if (first === undefined) throw new RangeError("price days: expected at least one");
  return others.reduce(
    (joined, day) => ({
      days: [...joined.days, ...day.days],
      runs: join(joined.runs, day.runs, ({ atMs }) => atMs),
      intervals: join(joined.intervals, day.intervals, ({ startMs }) => startMs),
      corrections: [...joined.corrections, ...day.corrections].sort((a, b) => a.publishAtMs - b.publishAtMs),
      conditions: join(joined.conditions, day.conditions, ({ atMs }) => atMs),
    }),
    first,
  );
}

function join<Item>(a: readonly Item[], b: readonly Item[], timeOf: (item: Item) => number): Item[] {
  const known = new Set(a.map(timeOf));
  return [...a, ...b.filter((item) => !known.has(timeOf(item)))].sort((x, y) => timeOf(x) - timeOf(y));
}
