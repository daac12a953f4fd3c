import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadPriceDayOptions } from "../../src/simulators/ercot/priceDay.ts";
import {
  centralWall,
  dayEnd,
  dayStart,
  intervalsOfDay,
  intervalStart,
  nextDay,
} from "../../src/domain/market/calendar.ts";
import { secondsInForce } from "../../src/domain/market/expectedIntervalPrice.ts";
import type { OperatingDay, ScedRun } from "../../src/domain/market/model.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";

/** Far below the strike of every machine of the example site: no price of these days moves anything. */
const LEVEL_USD_PER_MWH = { low: 18, high: 34 };
/** Runs beside those of the five-minute marks; ERCOT publishes about 298 a day. */
const EXTRA_RUNS_A_DAY = 10;
const SETTLEMENT_POINT = "HB_WEST";

/** Operating days in a row. */
export function daysFrom(first: OperatingDay, count: number): OperatingDay[] {
  const days = [first];
  while (days.length < count) days.push(nextDay(days.at(-1) as OperatingDay));
  return days;
}

/**
 * Writes quiet days in ERCOT's report columns: every SCED run with another price, settlement prices that are their
 * time-weighted mean, a normal grid. The files follow from the seed alone.
 */
export function writeQuietDays(
  dir: string,
  days: readonly OperatingDay[],
  seed: number,
  { extraRuns = EXTRA_RUNS_A_DAY } = {},
): LoadPriceDayOptions {
  const runs = days.flatMap((day, i) => runsOf(day, i === 0, seed, extraRuns));
  const file = (name: string, header: string, rows: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, [header, ...rows, ""].join("\n"));
    return path;
  };
  const stamp = (at: Instant): string => `${usDay(centralWall(at).day)} ${centralWall(at).time}`;
  return {
    lmpPath: file(
      "sced-lmp.csv",
      "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
      runs.map(({ scedAt, lmpUsdPerMwh }) => `${stamp(scedAt)},N,${SETTLEMENT_POINT},${lmpUsdPerMwh.toFixed(2)}`),
    ),
    sppPath: file(
      "settlement-prices.csv",
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
      days.flatMap((day) =>
        intervalsOfDay(day).map((interval) => {
          const mean =
            secondsInForce(intervalStart(interval), runs).reduce(
              (sum, part) => sum + part.lmpUsdPerMwh * part.seconds,
              0,
            ) / 900;
          const columns = [
            usDay(day),
            interval.hourEnding,
            interval.interval,
            SETTLEMENT_POINT,
            "HU",
            mean.toFixed(2),
            "N",
          ];
          return columns.join(",");
        }),
      ),
    ),
    prcPath: file(
      "grid-conditions.csv",
      "timestamp,prc,state,eea_level",
      days.flatMap((day) =>
        quarterHours(day).map((at) => {
          const prcMw = 6_500 + Math.floor(draw(seed, `prc ${at}`) * 900);
          return `${centralWall(at).day} ${centralWall(at).time}${offset(at)},${prcMw},normal,0`;
        }),
      ),
    ),
    days,
  };
}

/** A number in [0, 1) that depends on seed and key alone. */
export function draw(seed: number, key: string): number {
  return createHash("sha256").update(`${seed}/${key}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** The runs of a day; of the first one also those just before it, one of which is in force at midnight. */
function runsOf(day: OperatingDay, first: boolean, seed: number, extraRuns: number): ScedRun[] {
  const start = dayStart(day);
  const seconds = Math.round((Date.parse(dayEnd(day)) - Date.parse(start)) / 1000);
  const marks = Array.from({ length: seconds / 300 + (first ? 3 : 0) }, (_, i) => (i - (first ? 3 : 0)) * 300);
  const extras = Array.from(
    { length: extraRuns },
    (_, i) => Math.floor(((i + draw(seed, `${day} extra ${i}`)) * seconds) / extraRuns / 300) * 300 + 150,
  );
  return [...marks, ...extras]
    .sort((a, b) => a - b)
    .map((mark) => {
      const scedAt = addSeconds(start, mark + 10 + Math.floor(draw(seed, `${day} at ${mark}`) * 11));
      const { low, high } = LEVEL_USD_PER_MWH;
      return {
        scedAt,
        lmpUsdPerMwh: Math.round((low + draw(seed, `${day} price ${mark}`) * (high - low)) * 100) / 100,
      };
    });
}

function quarterHours(day: OperatingDay): Instant[] {
  return intervalsOfDay(day).map((interval) => intervalStart(interval));
}

function usDay(day: OperatingDay): string {
  const [year, month, date] = day.split("-");
  return `${month}/${date}/${year}`;
}

/** As ERCOT's dashboard writes it: -0500. */
function offset(at: Instant): string {
  return centralWall(at).offset.replace(":", "");
}
