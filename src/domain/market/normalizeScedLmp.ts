import type { Instant } from "../units/instant.ts";
import { UnitError } from "../units/instant.ts";
import { wallToInstant } from "./calendar.ts";
import type { DocumentTimes } from "./model.ts";
import { MarketRowError, normalizeDay, normalizeFlag, normalizePrice } from "./normalizeField.ts";
import { repeatedHourCopy } from "./repeatedHour.ts";

/** One row of NP6-788 as text, by logical field. */
export interface ScedLmpRow {
  /** `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`, Central Prevailing Time without an offset. */
  readonly scedTimestamp: string;
  readonly repeatedHour: string;
  readonly lmp: string;
}

/**
 * Start and price of a SCED run at a settlement point, from a row of ERCOT report NP6-788 (SCED LMP by node, zone and
 * hub) of a document with these times. Which copy of the autumn hour a run belongs to: `repeatedHourCopy`.
 * @throws MarketRowError naming the column, what was found and what was expected; also for a time the spring change
 * skips, a run that lies ahead of the reading, and one whose copy of the autumn hour cannot be known.
 */
export function normalizeScedLmp(
  row: ScedLmpRow,
  document: DocumentTimes,
): { readonly scedAt: Instant; readonly lmpUsdPerMwh: string } {
  const [dayText, time, ...rest] = row.scedTimestamp.trim().split(/[ T]/);
  if (time === undefined || rest.length > 0 || !/^\d\d:\d\d:\d\d$/.test(time)) {
    throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, "MM/DD/YYYY HH:MM:SS");
  }
  const day = normalizeDay("SCEDTimestamp", dayText);
  const repeatedHour = normalizeFlag("RepeatedHourFlag", row.repeatedHour);
  const lmpUsdPerMwh = normalizePrice("LMP", row.lmp);
  try {
    const copy = repeatedHourCopy(repeatedHour, wallToInstant({ day, time, repeatedHour }), 0, document);
    if ("ahead" in copy)
      throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, `a run that has begun (${copy.ahead})`);
    if ("disputed" in copy)
      throw new MarketRowError("RepeatedHourFlag", row.repeatedHour, `the flag of its publication (${copy.disputed})`);
    return { scedAt: wallToInstant({ day, time, repeatedHour: copy.repeatedHour }), lmpUsdPerMwh };
  } catch (error) {
    if (error instanceof UnitError)
      throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, `a Central time that exists (${error.message})`);
    throw error;
  }
}
