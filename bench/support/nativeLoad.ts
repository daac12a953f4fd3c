import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { previousDay, wallToInstant } from "../../src/domain/market/calendar.ts";
import type { HourLoad } from "../../src/domain/market/peakPlan.ts";

/** Lines name the hour's end in Central time as `MM/DD/YYYY HH:00`, 24:00 and ` DST` among them, or as ISO text. */
const FORMS = [
  /^(?<month>\d\d)\/(?<date>\d\d)\/(?<year>\d{4}) (?<hour>\d\d):00(?<repeated> DST)?$/,
  /^(?<year>\d{4})-(?<month>\d\d)-(?<date>\d\d) (?<hour>\d\d):00:00(?<repeated> DST)?$/,
];

/** ERCOT's native load of a year, hour by hour, MW. @throws RangeError for a line that names no hour or load */
export function nativeLoad(dataDir: string, year: number): HourLoad[] {
  const path = join(dataDir, "ercot", "prices", `native-load-hourly.${year}.csv.gz`);
  const [header = "", ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trim().split(/\r?\n/);
  const column = header.split(",").indexOf("ERCOT");
  return lines.map((line) => {
    const fields = line.split(",");
    const ends = FORMS.map((form) => form.exec(fields[0] ?? "")?.groups).find((groups) => groups !== undefined);
    const mw = Number(fields[column]);
    if (ends === undefined || !(mw > 0)) throw new RangeError(`${path}: expected an hour and its load, got "${line}"`);
    const named = `${ends["year"]}-${ends["month"]}-${ends["date"]}`;
    const isMidnight = ends["hour"] === "00";
    const day = isMidnight ? previousDay(named) : named;
    const hour = isMidnight ? 23 : Number(ends["hour"]) - 1;
    const time = `${String(hour).padStart(2, "0")}:00:00`;
    return { startsAt: wallToInstant({ day, time, repeatedHour: ends["repeated"] !== undefined }), mw };
  });
}
