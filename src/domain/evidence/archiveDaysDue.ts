import { nextDay, operatingDayOf } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { archiveDueAt } from "./archiveDueAt.ts";

/** One day's turn of the archive: what had to leave the database by `dueAt` goes. */
export interface ArchiveDay {
  readonly day: OperatingDay;
  readonly dueAt: Instant;
}

/**
 * The turns of the archive that are due at `now`, the oldest first, at most `daysMax`: each day at `at` (Central
 * `HH:MM`) from the first one behind `owedSince`, the moment at which the oldest document that is still in the database
 * had to leave it. None where nothing has to leave. A turn is done once nothing is left that it had to take, whoever
 * took it: nothing else is kept of it that could say otherwise. @throws UnitError before 2007
 */
export function archiveDaysDue(
  owedSince: Instant | undefined,
  at: string,
  now: Instant,
  daysMax: number,
): readonly ArchiveDay[] {
  if (owedSince === undefined) return [];
  const due: ArchiveDay[] = [];
  for (let day = operatingDayOf(owedSince); due.length < daysMax; day = nextDay(day)) {
    const dueAt = archiveDueAt(day, at);
    if (dueAt > now) break;
    if (dueAt > owedSince) due.push({ day, dueAt });
  }
  return due;
}
