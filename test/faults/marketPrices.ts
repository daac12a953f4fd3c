import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { centralWall, dayStart, intervalsOfDay, intervalStart, nextDay } from "../../src/domain/market/calendar.ts";
import type { SettlementInterval } from "../../src/domain/market/model.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { LoadPriceDayOptions } from "../../src/simulators/ercot/priceDay.ts";

const POINT = "HB_WEST";

/** Price of an interval, $/MWh, whole cents. */
export type PriceOf = (interval: SettlementInterval) => number;

/**
 * Price files of one operating day at the west hub, and of the first hour after it: until 04:00 three SCED runs an
 * interval, then one, or one an hour, at the interval's own price, so that the settlement price is their average and no
 * adder arises.
 */
export function pricesOf(
  day: string,
  priceOf: PriceOf,
  later: "one an interval" | "one an hour" = "one an interval",
): LoadPriceDayOptions & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "ballast-prices-"));
  const next = nextDay(day);
  const intervals = [...intervalsOfDay(day), ...intervalsOfDay(next).slice(0, 4)];
  const before = [addSeconds(dayStart(day), -600), addSeconds(dayStart(day), -300)].map((at) => lmpRow(at, 25));
  const secondsOf = ({ hourEnding, interval }: SettlementInterval): readonly number[] => {
    if (hourEnding <= 4) return [0, 300, 600];
    return later === "one an interval" || interval === 1 ? [0] : [];
  };
  const lmps = intervals.flatMap((interval) =>
    secondsOf(interval).map((second) => lmpRow(addSeconds(intervalStart(interval), second), priceOf(interval))),
  );
  const spps = intervals.map((interval) =>
    [
      usDay(interval.operatingDay),
      interval.hourEnding,
      interval.interval,
      POINT,
      "HU",
      priceOf(interval).toFixed(2),
      interval.repeatedHour ? "Y" : "N",
    ].join(","),
  );
  const file = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  return {
    folder,
    days: [day, next],
    lmpPath: file("lmp.csv", ["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", ...before, ...lmps]),
    sppPath: file("spp.csv", [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
      ...spps,
    ]),
  };
}

function lmpRow(at: Instant, usdPerMwh: number): string {
  const { day, time, repeatedHour } = centralWall(at);
  return `${usDay(day)} ${time},${repeatedHour ? "Y" : "N"},${POINT},${usdPerMwh.toFixed(2)}`;
}

function usDay(day: string): string {
  const [year, month, date] = day.split("-");
  return `${month}/${date}/${year}`;
}
