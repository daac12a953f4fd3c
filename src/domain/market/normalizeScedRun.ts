import type { Instant } from "../units/instant.ts";
import { UnitError } from "../units/instant.ts";
import { wallToInstant } from "./calendar.ts";
import type { DocumentTimes, OperatingDay } from "./model.ts";
import { MarketRowError, normalizeDay, normalizeFlag } from "./normalizeField.ts";
import { repeatedHourCopy } from "./repeatedHour.ts";

/** How ERCOT's reports name a SCED run, as text, by logical field. */
export interface ScedRunRow {
  /** `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`, Central Prevailing Time without an offset. */
  readonly scedTimestamp: string;
  readonly repeatedHour: string;
}

/** A wall time of ERCOT's reports, still without its copy of the autumn hour. */
export interface WallStamp {
  readonly day: OperatingDay;
  /** `HH:MM:SS` */
  readonly time: string;
}

/**
 * Start of the SCED or RTD run of a report's row, of a document with these times. Which copy of the autumn hour it
 * belongs to: `repeatedHourCopy`. `column` is the stamp's.
 * @throws MarketRowError naming the column, what was found and what was expected; also for a time the spring change
 * skips, a run that lies ahead of the reading, and one whose copy of the autumn hour cannot be known.
 */
export function normalizeScedRun(row: ScedRunRow, document: DocumentTimes, column = "SCEDTimestamp"): Instant {
  const wall = normalizeWallStamp(column, row.scedTimestamp);
  const repeatedHour = normalizeFlag("RepeatedHourFlag", row.repeatedHour);
  try {
    const copy = repeatedHourCopy(repeatedHour, wallToInstant({ ...wall, repeatedHour }), 0, document);
    if ("ahead" in copy) throw new MarketRowError(column, row.scedTimestamp, `a run that has begun (${copy.ahead})`);
    if ("disputed" in copy)
      throw new MarketRowError("RepeatedHourFlag", row.repeatedHour, `the flag of its publication (${copy.disputed})`);
    return wallToInstant({ ...wall, repeatedHour: copy.repeatedHour });
  } catch (error) {
    if (error instanceof UnitError)
      throw new MarketRowError(column, row.scedTimestamp, `a Central time that exists (${error.message})`);
    throw error;
  }
}

/**
 * Day and time of a stamp: `MM/DD/YYYY HH:MM:SS`, or `YYYY-MM-DDTHH:MM:SS` as the Public API has it.
 * @throws MarketRowError for anything else
 */
export function normalizeWallStamp(column: string, text: string): WallStamp {
  const [dayText, time, ...rest] = text.trim().split(/[ T]/);
  if (time === undefined || rest.length > 0 || !/^\d\d:\d\d:\d\d$/.test(time))
    throw new MarketRowError(column, text, "MM/DD/YYYY HH:MM:SS");
  return { day: normalizeDay(column, dayText), time };
}
