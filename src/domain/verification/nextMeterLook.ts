import { addSeconds, type Instant } from "../units/instant.ts";
import { BUSY_LOOK_SECONDS, firstClockLook } from "./firstClockLook.ts";
import type { MeterLook } from "./loadFall.ts";
import type { RunningClock } from "./responseClock.ts";

/** Looks after a step of the load that follow each other quickly. */
const AFTER_STEP = 4;

/**
 * When a site's meter is looked at next after `at`: soon while a clock runs, after a step of the load of at least
 * `leastKw`, and while a trip stands; at the deadline of a clock, and the start of one to come, at the latest; else
 * after `quietSeconds`.
 */
export function nextMeterLook(
  at: Instant,
  quietSeconds: number,
  seen: {
    readonly looks: readonly MeterLook[];
    readonly running: readonly RunningClock[];
    /** Starts of clocks to come. */
    readonly starts: readonly Instant[];
    readonly leastKw: number;
    readonly isTripped: boolean;
  },
): Instant {
  const isBusy = seen.running.length > 0 || seen.isTripped || hasStepped(seen.looks, seen.leastKw);
  const next = addSeconds(at, isBusy && quietSeconds > BUSY_LOOK_SECONDS ? BUSY_LOOK_SECONDS : quietSeconds);
  const deadlines = seen.running.flatMap(({ dueAt }) => (dueAt !== undefined && dueAt > at ? [dueAt] : []));
  const start = firstClockLook(
    seen.starts.filter((one) => one > at),
    at,
  );
  return [...deadlines, ...(start === undefined ? [] : [start])].reduce(
    (first, one) => (one < first ? one : first),
    next,
  );
}

function hasStepped(looks: readonly MeterLook[], leastKw: number): boolean {
  // What fell while the meter was silent is a step too.
  const newest = looks.filter(({ powerKw }) => powerKw !== undefined).slice(-AFTER_STEP);
  return newest.slice(1).some(({ powerKw }, i) => {
    const before = newest[i]?.powerKw;
    if (before === undefined || powerKw === undefined) return false;
    return before - powerKw >= leastKw || powerKw - before >= leastKw;
  });
}
