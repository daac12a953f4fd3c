import { readFileSync } from "node:fs";
import { readHashpriceRows } from "../../adapters/hashprice/parseHashprice.ts";
import type { CurveMonth } from "../../domain/decision/fairValueOnCurve.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { PortDataError } from "../../ports/errors.ts";

/**
 * A forward curve of the hashprice from a file of Ballast's own form: columns `date` (the first of a month) and
 * `usd_per_ph_day`. @throws PortDataError for a file that cannot be read, a bad row, and a month that is there twice
 */
export function curveOfFile(path: string): readonly CurveMonth[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PortDataError(`${path}: cannot be read (${code}); expected a CSV with date and usd_per_ph_day`, {
      cause,
    });
  }
  const months = readHashpriceRows(bytes, path).map(({ asOf, usdPerPhDay }): CurveMonth => {
    const day = operatingDayOf(asOf);
    if (!day.endsWith("-01")) throw new PortDataError(`${path}: ${day}: expected the first day of a month`);
    return { month: day.slice(0, 7), usdPerPhDay: Number(usdPerPhDay) };
  });
  const twice = months.find(({ month }, i) => months.findIndex((one) => one.month === month) !== i);
  if (twice !== undefined)
    throw new PortDataError(`${path}: the month ${twice.month} is there twice; expected it once`);
  return months;
}
