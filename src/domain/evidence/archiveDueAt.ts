import { instantsOfWall, wallToInstant } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";

/**
 * The moment of a day's turn of the archive: at `at` (Central `HH:MM`), the first of the two that autumn has, and when
 * the clocks go on where spring skips it. @throws UnitError when there is no such day
 */
export function archiveDueAt(day: OperatingDay, at: string): Instant {
  const [first] = instantsOfWall(day, `${at}:00`);
  return first ?? wallToInstant({ day, time: "03:00:00", repeatedHour: false });
}
