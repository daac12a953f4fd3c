import { type Instant, instantFromMs } from "../units/instant.ts";

/** A market clock at speed 1, and how far it is ahead of real time (negative: behind). Production has no offset. */
export interface RealClock {
  readonly kind: "real";
  readonly offsetMs?: number;
}

/**
 * Market time at a moment of real time, both milliseconds since 1970-01-01T00:00Z. A run whose market zero differs from
 * its real zero has the difference as its offset.
 * @throws UnitError when one of them is not in whole milliseconds.
 */
export function marketTime({ offsetMs }: RealClock, realMs: number): Instant {
  return instantFromMs(offsetMs === undefined ? realMs : realMs + offsetMs);
}
