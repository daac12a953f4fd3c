import { addSeconds, type Instant } from "../units/instant.ts";
import { instantsOfWall } from "./calendar.ts";
import { MarketRowError, normalizeFlag } from "./normalizeField.ts";
import { normalizeWallStamp } from "./normalizeScedRun.ts";

/** RTD looks an hour or so ahead; no step of it ends later, seconds after the run. */
const AHEAD_SECONDS_MAX = 7_200;

/** How a row of NP6-970 or NP6-325 names a step of the look-ahead, as text. */
export interface RtdIntervalRow {
  /** `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`, Central Prevailing Time without an offset. */
  readonly intervalEnding: string;
  readonly intervalRepeatedHour: string;
}

/**
 * End of a step of the look-ahead of an RTD run that began at `rtdAt`, from a row of ERCOT report NP6-970 or NP6-325.
 * Of the two copies of the autumn hour it is the flagged one, and the other where only that follows the run within two
 * hours.
 * @throws MarketRowError naming the column, what was found and what was expected; also for a time that the spring
 * change skips, and for a step that does not follow its run
 */
export function normalizeRtdInterval(row: RtdIntervalRow, rtdAt: Instant): Instant {
  const { day, time } = normalizeWallStamp("IntervalEnding", row.intervalEnding);
  const isRepeated = normalizeFlag("IntervalRepeatedHourFlag", row.intervalRepeatedHour);
  const copies = instantsOfWall(day, time);
  const inOrder = isRepeated ? copies.toReversed() : copies;
  const latest = addSeconds(rtdAt, AHEAD_SECONDS_MAX);
  const found = inOrder.find((endsAt) => endsAt > rtdAt && endsAt <= latest);
  if (found === undefined)
    throw new MarketRowError("IntervalEnding", row.intervalEnding, `a Central time within two hours after ${rtdAt}`);
  return found;
}
