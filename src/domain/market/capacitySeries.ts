import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { type ByProduct, CAPACITY_PRODUCTS, type CapacityProduct } from "./capacityProducts.ts";
import { HOUR_SECONDS } from "./deliveryHour.ts";

/** Clearing prices for capacity of hours that follow one another, $/MW for an hour. */
export interface CapacitySeries {
  /** Start of the first hour. */
  readonly startsAt: Instant;
  /** By service, hour by hour; null for an hour without a price. */
  readonly usdPerMwHour: ByProduct<readonly (number | null)[]>;
  /** Versions of prices that are not the first, by service and start of the hour: `RRS 2026-08-18T22:00:00.000Z`. */
  readonly versions?: Readonly<Record<string, number>>;
}

/** Price of one service in one hour, and the version of it. */
export interface CapacityHour {
  readonly product: CapacityProduct;
  readonly startsAt: Instant;
  readonly usdPerMwHour: number;
  readonly version: number;
}

/** Every price of a series. */
export function hoursOf({ startsAt, usdPerMwHour, versions }: CapacitySeries): CapacityHour[] {
  return CAPACITY_PRODUCTS.flatMap(({ product }) =>
    (usdPerMwHour[product] ?? []).flatMap((usd, hour) => {
      if (usd === null) return [];
      const at = addSeconds(startsAt, hour * HOUR_SECONDS);
      return [{ product, startsAt: at, usdPerMwHour: usd, version: versions?.[versionKey(product, at)] ?? 1 }];
    }),
  );
}

/**
 * The series of some prices; of two for one service and hour the higher version stands, of one version the later in the
 * list. Undefined for none. Ballast's own rule.
 */
export function capacitySeries(prices: readonly CapacityHour[]): CapacitySeries | undefined {
  const [startsAt] = prices.map((one) => one.startsAt).toSorted();
  if (startsAt === undefined) return undefined;
  const standing = new Map<string, CapacityHour>();
  for (const one of prices) {
    const key = versionKey(one.product, one.startsAt);
    const before = standing.get(key);
    if (before === undefined || one.version >= before.version) standing.set(key, one);
  }
  const all = [...standing.values()];
  const hours = 1 + all.reduce((most, one) => Math.max(most, hourAt(startsAt, one)), 0);
  const entries = CAPACITY_PRODUCTS.flatMap(({ product }) => {
    const own = all.filter((one) => one.product === product);
    if (own.length === 0) return [];
    const byHour = Array.from<number | null>({ length: hours }).fill(null);
    for (const one of own) byHour[hourAt(startsAt, one)] = one.usdPerMwHour;
    return [[product, byHour] as const];
  });
  const later = [...standing].filter(([, { version }]) => version > 1).map(([key, { version }]) => [key, version]);
  return {
    startsAt,
    usdPerMwHour: Object.fromEntries(entries),
    ...(later.length === 0 ? {} : { versions: Object.fromEntries(later) as Record<string, number> }),
  };
}

/** A series without the hours that have ended at `at`; undefined when all have. */
export function capacityFrom(series: CapacitySeries, at: Instant): CapacitySeries | undefined {
  const over = Math.floor(secondsBetween(series.startsAt, at) / HOUR_SECONDS);
  if (over <= 0) return series;
  return capacitySeries(hoursOf(series).filter(({ startsAt }) => secondsBetween(startsAt, at) < HOUR_SECONDS));
}

function hourAt(from: Instant, { startsAt }: CapacityHour): number {
  return secondsBetween(from, startsAt) / HOUR_SECONDS;
}

function versionKey(product: CapacityProduct, startsAt: Instant): string {
  return `${product} ${startsAt}`;
}
