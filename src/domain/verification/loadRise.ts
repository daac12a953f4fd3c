import type { Instant } from "../units/instant.ts";
import type { MeterLook } from "./loadFall.ts";

/**
 * Whether the load stands at least `leastKw` above the least it was at after `since`, by the newest of some looks,
 * ascending. However slowly it comes up: machines whose power is back take minutes to draw it all. False where the
 * newest look did not read the meter.
 */
export function loadHasRisen(looks: readonly MeterLook[], since: Instant, leastKw: number): boolean {
  const nowKw = looks.at(-1)?.powerKw;
  if (nowKw === undefined) return false;
  return looks.some(({ at, powerKw }) => at >= since && powerKw !== undefined && nowKw - powerKw >= leastKw);
}
