import { addSeconds, type Instant } from "../units/instant.ts";
import type { MeterLook } from "./loadFall.ts";
import type { RunningClock } from "./responseClock.ts";

/** Market seconds between two looks while something is under way. */
const BUSY_SECONDS = 10;
/** Looks after a step of the load that follow each other quickly. */
const AFTER_STEP = 4;

/**
 * When a site's meter is looked at next after `at`: soon while a clock runs, after a step of the load of at least
 * `leastKw`, and while a trip stands; at the deadline of a clock at the latest; else after `quietSeconds`.
 */
export function nextMeterLook(
  at: Instant,
  quietSeconds: number,
  seen: {
    readonly looks: readonly MeterLook[];
    readonly running: readonly RunningClock[];
    readonly leastKw: number;
    readonly isTripped: boolean;
  },
): Instant {
  const isBusy = seen.running.length > 0 || seen.isTripped || hasStepped(seen.looks, seen.leastKw);
  const next = addSeconds(at, isBusy && quietSeconds > BUSY_SECONDS ? BUSY_SECONDS : quietSeconds);
  const deadlines = seen.running.flatMap(({ dueAt }) => (dueAt !== undefined && dueAt > at ? [dueAt] : []));
  return deadlines.reduce((soonest, one) => (one < soonest ? one : soonest), next);
}

function hasStepped(looks: readonly MeterLook[], leastKw: number): boolean {
  const newest = looks.slice(-AFTER_STEP);
  return newest.slice(1).some(({ powerKw }, i) => {
    const before = newest[i]?.powerKw;
    if (before === undefined || powerKw === undefined) return false;
    return before - powerKw >= leastKw || powerKw - before >= leastKw;
  });
}
