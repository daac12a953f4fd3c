import { addSeconds, type Instant } from "../units/instant.ts";
import { operatingDayOf } from "./calendar.ts";
import { HOUR_SECONDS } from "./deliveryHour.ts";

/** Prices of hours of one operating day that follow one another, $/MWh, from the start of the first. */
export interface HourlyPrices {
  readonly startsAt: Instant;
  readonly usdPerMwh: readonly number[];
  /** Versions of prices that are not the first, by start of the hour. */
  readonly versions?: Readonly<Record<Instant, number>>;
}

/** Price of one hour, $/MWh, and the version of it. */
export interface HourPrice {
  readonly startsAt: Instant;
  readonly usdPerMwh: number;
  readonly version: number;
}

/** Every price of a run of hours. */
export function hoursOf({ startsAt, usdPerMwh, versions }: HourlyPrices): HourPrice[] {
  return usdPerMwh.map((usd, hour) => {
    const at = addSeconds(startsAt, hour * HOUR_SECONDS);
    return { startsAt: at, usdPerMwh: usd, version: versions?.[at] ?? 1 };
  });
}

/**
 * The prices that stand, ascending: of two for one hour the higher version, of one version the later in the list.
 * Ballast's own rule.
 */
export function standingHours<One extends HourPrice>(prices: readonly One[]): One[] {
  const standing = new Map<Instant, One>();
  for (const one of prices) {
    const before = standing.get(one.startsAt);
    if (before === undefined || one.version >= before.version) standing.set(one.startsAt, one);
  }
  return [...standing.values()].toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
}

/** Ascending prices as runs of hours: each of one day, without a gap, and of what `isTogether` lets stand together. */
export function hourlyRuns<One extends HourPrice>(
  prices: readonly One[],
  isTogether: (one: One, next: One) => boolean = () => true,
): (HourlyPrices & { readonly first: One })[] {
  const runs: One[][] = [];
  for (const one of prices) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows =
      last !== undefined &&
      addSeconds(last.startsAt, HOUR_SECONDS) === one.startsAt &&
      operatingDayOf(last.startsAt) === operatingDayOf(one.startsAt) &&
      isTogether(last, one);
    if (run !== undefined && follows) run.push(one);
    else runs.push([one]);
  }
  return runs.map((run) => {
    const first = run[0] as One;
    const later = run.filter(({ version }) => version > 1).map(({ startsAt, version }) => [startsAt, version]);
    return {
      first,
      startsAt: first.startsAt,
      usdPerMwh: run.map(({ usdPerMwh }) => usdPerMwh),
      ...(later.length > 0 && { versions: Object.fromEntries(later) as Record<Instant, number> }),
    };
  });
}
