import { type Instant, secondsBetween } from "../units/instant.ts";
import { secondsInForce } from "./expectedIntervalPrice.ts";

/** The adder of a SCED run, $/MWh. */
export interface AdderOfRun {
  readonly scedAt: Instant;
  readonly adderUsdPerMwh: number;
}

/**
 * A run's adder stands until another one is known, at most this long after its run. It reaches a site with the price of
 * the next run where it is no other than before, so the newest known is up to ten minutes old; the rest is for late
 * publications.
 */
export const ADDER_STANDS_SECONDS = 1_200;

/**
 * Adder of a 15-minute interval as ERCOT has published it for the SCED runs in force, $/MWh: each by its seconds, the
 * last known persisting to the end. Undefined where it is not read: none is known of a run in force at the interval's
 * start, or the newest known is of a run more than 1,200 s before `asOf`. Runs stamped after `asOf` are not looked at.
 *
 * Source: ERCOT Protocols 6.5.7.3.1 and 6.6.1.
 */
export function readAdder(
  intervalStart: Instant,
  asOf: Instant,
  adders: readonly AdderOfRun[] | undefined,
): number | undefined {
  if (adders === undefined) return undefined;
  const known = adders.filter(({ scedAt }) => scedAt <= asOf);
  const newest = known.reduce<Instant | undefined>(
    (a, { scedAt }) => (a === undefined || scedAt > a ? scedAt : a),
    undefined,
  );
  if (newest === undefined || secondsBetween(newest, asOf) > ADDER_STANDS_SECONDS) return undefined;
  const priced = known.map(({ scedAt, adderUsdPerMwh }) => ({ scedAt, lmpUsdPerMwh: adderUsdPerMwh }));
  const parts = secondsInForce(intervalStart, priced);
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, { lmpUsdPerMwh, seconds }) => sum + lmpUsdPerMwh * seconds, 0) / 900;
}
