import type { PriceDay, PriceInterval } from "./priceDay.ts";

/** A service's code with its price. */
export interface ServicePrice {
  readonly code: string;
  readonly price: string;
  /** ERCOT never published it. */
  readonly isDerived?: true;
}

/** Clearing prices for capacity of a run, an interval or an hour. */
export interface CapacityPrices {
  sced(atMs: number): readonly ServicePrice[];
  interval(startMs: number): readonly ServicePrice[];
  hour(startMs: number): readonly ServicePrice[];
}

const HOUR_MS = 3_600_000;

/** Share of the energy price, and the least, $/MW: so that the five differ, are small and jump when energy does. */
const SERVICES = [
  { code: "ECRS", share: 0.09, least: 0.12 },
  { code: "NSPIN", share: 0.05, least: 0.36 },
  { code: "REGDN", share: 0.02, least: 0.85 },
  { code: "REGUP", share: 0.11, least: 1.04 },
  { code: "RRS", share: 0.08, least: 0.57 },
];

/** Stands in the names of documents whose clearing prices ERCOT never published. */
export const DERIVED_MARK = "DERIVED";

/** The mark where a document has a price that ERCOT never published, else nothing. */
export function derivedMark(services: readonly ServicePrice[]): string {
  return services.some(({ isDerived }) => isDerived) ? DERIVED_MARK : "";
}

/**
 * Clearing prices that files of ERCOT's say; what they do not is derived from the energy prices of the days: of a shape
 * that can be, not of history. What has no energy price goes by the mean of all.
 */
export function capacityPrices({ runs, intervals, published }: PriceDay): CapacityPrices {
  const byRun = new Map(runs.map(({ atMs, lmps }) => [atMs, mean(lmps.map(({ lmp }) => Number(lmp)))]));
  const byInterval = new Map(intervals.map((one) => [one.startMs, priceOf(one)]));
  const byHour = new Map(
    [...Map.groupBy(intervals, ({ startMs }) => startMs - (startMs % HOUR_MS))].map(([startMs, own]) => [
      startMs,
      mean(own.map(priceOf)),
    ]),
  );
  const all = mean([...byInterval.values()]);
  return {
    sced: (atMs) => services(published?.scedMcpc.get(atMs), byRun.get(atMs), all),
    interval: (startMs) => services(published?.mcpc.get(startMs), byInterval.get(startMs), all),
    hour: (startMs) => services(published?.dayAheadMcpc.get(startMs), byHour.get(startMs), all),
  };
}

function services(
  published: ReadonlyMap<string, string> | undefined,
  known: number | undefined,
  otherwise: number,
): readonly ServicePrice[] {
  const energy = known === undefined ? otherwise : known;
  return SERVICES.map(({ code, share, least }): ServicePrice => {
    const price = published?.get(code);
    if (price !== undefined) return { code, price };
    return { code, price: (least + share * Math.max(energy, 0)).toFixed(2), isDerived: true };
  });
}

function priceOf({ prices }: PriceInterval): number {
  return mean(prices.map(({ price }) => Number(price)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(values.length, 1);
}
