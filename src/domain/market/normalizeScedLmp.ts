import type { Instant } from "../units/instant.ts";
import { UnitError } from "../units/instant.ts";
import { wallToInstant } from "./calendar.ts";
import { normalizeDay } from "./normalizeDay.ts";
import { normalizeDecimal } from "./normalizeDecimal.ts";
import { MarketRowError } from "./normalizeError.ts";
import { normalizeFlag } from "./normalizeFlag.ts";

/** One row of NP6-788 as text, by logical field. */
export interface ScedLmpRow {
  /** `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`, Central Prevailing Time without an offset. */
  readonly scedTimestamp: string;
  readonly repeatedHour: string;
  readonly lmp: string;
}

/**
 * Start and price of a SCED run at a settlement point, from a row of ERCOT report NP6-788 (SCED LMP by node, zone and
 * hub).
 * @throws MarketRowError naming the column, what was found and what was expected; also for a time the spring change
 * skips.
 */
export function normalizeScedLmp(row: ScedLmpRow): { readonly scedAt: Instant; readonly lmpUsdPerMwh: string } {
  const [dayText, time, ...rest] = row.scedTimestamp.trim().split(/[ T]/);
  if (time === undefined || rest.length > 0 || !/^\d\d:\d\d:\d\d$/.test(time)) {
    throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, "MM/DD/YYYY HH:MM:SS");
  }
  const day = normalizeDay("SCEDTimestamp", dayText);
  const repeatedHour = normalizeFlag("RepeatedHourFlag", row.repeatedHour);
  const lmpUsdPerMwh = normalizeDecimal("LMP", row.lmp);
  try {
    return { scedAt: wallToInstant({ day, time, repeatedHour }), lmpUsdPerMwh };
  } catch (error) {
    if (error instanceof UnitError)
      throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, `a Central time that exists (${error.message})`);
    throw error;
  }
}
