import type { Instant } from "../src/domain/units/instant.ts";
import { marketTime, type RealClock } from "../src/domain/units/marketTime.ts";

/** Market time by workflow time, which is the start of the present workflow task: the same in every replay. */
export function marketNow(clock: RealClock): Instant {
  return marketTime(clock, Date.now());
}
