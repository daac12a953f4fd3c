import { UnitError } from "../units/instant.ts";
import { intervalStart } from "./calendar.ts";
import type { DeliveryHour } from "./deliveryHour.ts";
import { MarketRowError, normalizeDay, normalizeFlag } from "./normalizeField.ts";

/** How ERCOT's hourly reports name an hour, as text, by logical field. */
export interface DeliveryHourRow {
  readonly deliveryDate: string;
  /** Hour ending: `01:00`..`24:00`, or `1`..`24`. The repeated hour stands as `02:00 DST` in some. */
  readonly hourEnding: string;
  /** Absent in reports that mark the repeated hour in its text. */
  readonly repeatedHour?: string;
}

/**
 * The hour of a row of ERCOT's hourly reports, such as NP4-188, NP3-565 and NP6-345: hour ending, 24 for the last one.
 * The second copy of the autumn hour has the flag, or the mark `DST` behind its hour.
 * @throws MarketRowError for HE 25, HE 0, an hour that the spring change skips, and a mark on an hour that is not
 * repeated
 */
export function normalizeDeliveryHour(row: DeliveryHourRow): DeliveryHour {
  const operatingDay = normalizeDay("DeliveryDate", row.deliveryDate);
  const read = /^(\d{1,2})(?::00)?(\s*DST)?$/i.exec(row.hourEnding.trim());
  const hourEnding = Number(read?.[1] ?? Number.NaN);
  if (!(hourEnding >= 1 && hourEnding <= 24))
    throw new MarketRowError("HourEnding", row.hourEnding, "an hour 01:00..24:00");
  const isMarked = read?.[2] !== undefined;
  const isFlagged = row.repeatedHour === undefined ? isMarked : normalizeFlag("DSTFlag", row.repeatedHour);
  const repeatedHour = isMarked || isFlagged;
  try {
    const startsAt = intervalStart({ operatingDay, hourEnding, interval: 1, repeatedHour });
    return { operatingDay, hourEnding, repeatedHour, startsAt };
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    const found = `${row.deliveryDate} ${row.hourEnding}${repeatedHour ? " repeated" : ""}`;
    throw new MarketRowError("HourEnding", found, `an hour of the operating day (${error.message})`);
  }
}
