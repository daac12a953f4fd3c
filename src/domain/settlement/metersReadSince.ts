import type { Instant } from "../units/instant.ts";
import type { SettledMeter } from "./dayFacts.ts";

/** Later than any boundary: a feeder that was never read yet is not there. */
const NEVER_READ = "9999-12-31T00:00:00.000Z" as Instant;

/**
 * The meters of a site, each with the first boundary at which it was ever read. The site's own meter is always there.
 */
export function metersReadSince(
  meters: readonly SettledMeter[],
  firstBoundaries: ReadonlyMap<string, Instant>,
): SettledMeter[] {
  return meters.map((meter) =>
    meter.clientId === undefined ? meter : { ...meter, readSince: firstBoundaries.get(meter.meterId) ?? NEVER_READ },
  );
}
