import { addSeconds } from "../units/instant.ts";
import { UnitError } from "../units/instant.ts";
import { dayEnd, instantsOfWall, intervalStart, settlementInterval } from "./calendar.ts";
import type { SettlementInterval } from "./model.ts";
import { MarketRowError, normalizeDay, normalizeFlag } from "./normalizeField.ts";

const INTERVAL_SECONDS = 900;

/** How NP6-235 names an interval, as text, by logical field. */
export interface TimeEndingRow {
  readonly deliveryDate: string;
  /** Wall clock at the interval's end, `00:15`..`24:00`. */
  readonly timeEnding: string;
  readonly repeatedHour: string;
}

/**
 * The interval of a row of ERCOT report NP6-235, which prints the wall clock at its end: start and 15 minutes, with the
 * flag of the interval. On the spring day the one before the skipped hour ends at 03:00.
 * @throws MarketRowError for a time that is no quarter hour, and one that the clocks never show
 */
export function normalizeTimeEnding(row: TimeEndingRow): SettlementInterval {
  const operatingDay = normalizeDay("DeliveryDate", row.deliveryDate);
  const repeatedHour = normalizeFlag("DSTFlag", row.repeatedHour);
  const read = /^(\d{1,2}):(00|15|30|45)$/.exec(row.timeEnding.trim());
  const minutes = read === null ? Number.NaN : Number(read[1]) * 60 + Number(read[2]) - 15;
  if (!(minutes >= 0 && minutes < 24 * 60))
    throw new MarketRowError("TimeEnding", row.timeEnding, "a quarter hour 00:15..24:00");
  const hour = Math.floor(minutes / 60);
  const interval = { operatingDay, hourEnding: hour + 1, interval: (minutes - hour * 60) / 15 + 1, repeatedHour };
  try {
    intervalStart(interval);
    return interval;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    const [end] =
      read?.[1] === "24" ? [dayEnd(operatingDay)] : instantsOfWall(operatingDay, `${row.timeEnding.trim()}:00`);
    if (end === undefined || repeatedHour || read?.[2] !== "00")
      throw new MarketRowError(
        "TimeEnding",
        `${row.deliveryDate} ${row.timeEnding}`,
        `a time of the day (${error.message})`,
      );
    return settlementInterval(addSeconds(end, -INTERVAL_SECONDS));
  }
}
