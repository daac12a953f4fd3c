import { operatingDayOf } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";

/** A boundary is still worth reading this many market seconds late; the read's own time is kept beside it. */
const LATE_SECONDS_MAX = 60;
/** Market seconds after a boundary at which meters whose register was not read are asked again. */
const ASK_AGAIN_SECONDS = [2, 5, 10, 20, 40, 58];
const INTERVAL_SECONDS = 900;

/** Whether a register that is read at an instant still counts for an interval boundary. Ballast's own rule. */
export function isWorthReading(boundary: Instant, at: Instant): boolean {
  return secondsBetween(boundary, at) <= LATE_SECONDS_MAX;
}

/** When meters that gave no register at a boundary are asked again. */
export function askAgainAt(boundary: Instant): Instant[] {
  return ASK_AGAIN_SECONDS.map((seconds) => addSeconds(boundary, seconds));
}

/** Whether boundaries lie between two at which registers were read: their intervals are missing. */
export function skipsBoundaries(last: Instant, boundary: Instant): boolean {
  return addSeconds(last, INTERVAL_SECONDS) < boundary;
}

/** The day whose settlement a boundary belongs to: midnight is the end of the day before. */
export function dayOfBoundary(boundary: Instant): OperatingDay {
  return operatingDayOf(addSeconds(boundary, -1));
}
