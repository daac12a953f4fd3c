import type { Instant } from "../units/instant.ts";
import { instantsOfWall } from "./calendar.ts";

/** A Central wall time without its offset. */
export interface WallTime {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** `HH:MM:SS`. */
  readonly time: string;
}

/**
 * Instants of the rows of a page that shows Central wall times without an offset, by the order of its rows: newest
 * first unless most rows say otherwise. In the repeated autumn hour a row is of the first copy, unless the one posted
 * before it lies later than that. Undefined for a time that the clocks skip. Ballast's own rule. Pure.
 */
export function instantsByOrder(rows: readonly WallTime[]): readonly (Instant | undefined)[] {
  const readings = rows.map(({ day, time }) => instantsOfWall(day, time));
  const isOldestFirst = ascents(readings) > ascents(readings.toReversed());
  const inOrder = isOldestFirst ? readings : readings.toReversed();
  let before: Instant | undefined;
  const instants = inOrder.map(([first, second]) => {
    const isLater = before !== undefined && first !== undefined && before > first;
    const at = second !== undefined && isLater && (before as Instant) <= second ? second : first;
    before = at ?? before;
    return at;
  });
  return isOldestFirst ? instants : instants.toReversed();
}

/** Neighbors of which the second is later, whichever copy of an hour they are of. */
function ascents(readings: readonly (readonly Instant[])[]): number {
  return readings.filter(([first], i) => {
    const lastBefore = readings[i - 1]?.at(-1);
    return first !== undefined && lastBefore !== undefined && first > lastBefore;
  }).length;
}
