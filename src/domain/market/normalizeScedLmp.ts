import type { Instant } from "../units/instant.ts";
import { UnitError } from "../units/instant.ts";
import { outsideInstantProblem } from "../units/outsideInstant.ts";
import { wallToInstant } from "./calendar.ts";
import { normalizeDay } from "./normalizeDay.ts";
import { MarketRowError } from "./normalizeError.ts";
import { normalizeFlag } from "./normalizeFlag.ts";
import { normalizePrice } from "./normalizePrice.ts";

/** One row of NP6-788 as text, by logical field. */
export interface ScedLmpRow {
  /** `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`, Central Prevailing Time without an offset. */
  readonly scedTimestamp: string;
  readonly repeatedHour: string;
  readonly lmp: string;
}

/**
 * Start and price of a SCED run at a settlement point, from a row of ERCOT report NP6-788 (SCED LMP by node, zone and
 * hub) that was read at market time `readAt`. A run of the autumn hour that is marked as its second copy before that
 * copy has begun belongs to the first.
 * @throws MarketRowError naming the column, what was found and what was expected; also for a time the spring change
 * skips, and for a run that lies ahead of `readAt`.
 */
export function normalizeScedLmp(
  row: ScedLmpRow,
  readAt: Instant,
): { readonly scedAt: Instant; readonly lmpUsdPerMwh: string } {
  const [dayText, time, ...rest] = row.scedTimestamp.trim().split(/[ T]/);
  if (time === undefined || rest.length > 0 || !/^\d\d:\d\d:\d\d$/.test(time)) {
    throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, "MM/DD/YYYY HH:MM:SS");
  }
  const day = normalizeDay("SCEDTimestamp", dayText);
  const repeatedHour = normalizeFlag("RepeatedHourFlag", row.repeatedHour);
  const lmpUsdPerMwh = normalizePrice("LMP", row.lmp);
  const ahead = (at: Instant) => outsideInstantProblem(at, readAt, Number.POSITIVE_INFINITY);
  try {
    const flagged = wallToInstant({ day, time, repeatedHour });
    const problem = ahead(flagged);
    if (problem === undefined) return { scedAt: flagged, lmpUsdPerMwh };
    const first = wallToInstant({ day, time, repeatedHour: false });
    if (ahead(first) === undefined) return { scedAt: first, lmpUsdPerMwh };
    throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, `a run that has begun (${problem})`);
  } catch (error) {
    if (error instanceof UnitError)
      throw new MarketRowError("SCEDTimestamp", row.scedTimestamp, `a Central time that exists (${error.message})`);
    throw error;
  }
}
