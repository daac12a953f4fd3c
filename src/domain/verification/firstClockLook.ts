import { addSeconds, type Instant } from "../units/instant.ts";

/** Market seconds between two looks at a meter while something is under way. */
export const BUSY_LOOK_SECONDS = 10;

/**
 * When clocks that begin at some moments need their first look at the meter, after `at`: at the soonest start that is
 * still to come, and soon for one that has begun. Undefined where none begins.
 */
export function firstClockLook(starts: readonly Instant[], at: Instant): Instant | undefined {
  const looks = starts.map((start) => (start > at ? start : addSeconds(at, BUSY_LOOK_SECONDS)));
  return looks.reduce<Instant | undefined>(
    (first, one) => (first === undefined || one < first ? one : first),
    undefined,
  );
}
