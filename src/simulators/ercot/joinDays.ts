import type { PublishedMarket } from "./marketFiles.ts";
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
      published: joinPublished(joined.published, day.published),
    }),
    first,
  );
}

function join<Item>(a: readonly Item[], b: readonly Item[], timeOf: (item: Item) => number): Item[] {
  const known = new Set(a.map(timeOf));
  return [...a, ...b.filter((item) => !known.has(timeOf(item)))].sort((x, y) => timeOf(x) - timeOf(y));
}

function joinPublished(a: PublishedMarket | undefined, b: PublishedMarket | undefined): PublishedMarket | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    dayAhead: joinMaps(a.dayAhead, b.dayAhead),
    dayAheadMcpc: joinMaps(a.dayAheadMcpc, b.dayAheadMcpc),
    scedMcpc: joinMaps(a.scedMcpc, b.scedMcpc),
    mcpc: joinMaps(a.mcpc, b.mcpc),
  };
}

function joinMaps<Key, Inner>(
  a: ReadonlyMap<Key, ReadonlyMap<Inner, string>>,
  b: ReadonlyMap<Key, ReadonlyMap<Inner, string>>,
): ReadonlyMap<Key, ReadonlyMap<Inner, string>> {
  return new Map(
    [...new Set([...a.keys(), ...b.keys()])].map((key) => [
      key,
      new Map([...(b.get(key) ?? []), ...(a.get(key) ?? [])]),
    ]),
  );
}
