import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { dayEnd, intervalKey } from "../../../domain/market/calendar.ts";
import type { IntervalKey, OperatingDay } from "../../../domain/market/model.ts";
import { normalizeSettlementPrice } from "../../../domain/market/normalizeSettlementPrice.ts";
import { isSamePoint, type SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import { addSeconds } from "../../../domain/units/instant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import { atRow, reportRows } from "../reportCsv.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval"],
  settlementPoint: ["SettlementPointName", "SettlementPoint"],
  settlementPointType: ["SettlementPointType"],
  price: ["SettlementPointPrice"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag"],
};

/** Settlement prices of one point and day, and which file has them. */
export interface PublishedDay {
  readonly sha256: string;
  /** $/MWh as published, by interval. */
  readonly prices: ReadonlyMap<IntervalKey, string>;
}

/** Reads the days of one file, each once while the file stays as it is. */
export function publishedDays(path: string, point: SettlementPoint): (day: OperatingDay) => PublishedDay {
  let known: { readonly day: OperatingDay; readonly changedMs: number; readonly published: PublishedDay } | undefined;
  return (day) => {
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
    if (known?.day !== day || known.changedMs !== changedMs)
      known = { day, changedMs, published: publishedDay(path, day, point) };
    return known.published;
  };
}

/**
 * Settlement prices of a point on an operating day in a file that a person has downloaded: columns of NP6-905 or of the
 * yearly NP6-785, plain or .gz. @throws PortDataError for a file that cannot be read, a bad row of the point, or none
 */
function publishedDay(path: string, day: OperatingDay, wanted: SettlementPoint): PublishedDay {
  const bytes = bytesOf(path);
  const [year, month, date] = day.split("-");
  const dates = [day, `${month}/${date}/${year}`];
  const [header = "", ...lines] = bytes.toString("utf8").split("\n");
  const own = [header, ...lines.filter((line) => dates.some((text) => line.includes(text)))].join("\n");
  // the flag of a repeated hour is taken as the file has it: nothing of a past day is still to come
  const times = { fetchedAt: addSeconds(dayEnd(day), 86_400) };
  const prices = new Map<IntervalKey, string>();
  for (const { line, fields } of reportRows(own, COLUMNS, wanted.settlementPoint, path).rows) {
    if (!isSamePoint(fields, wanted)) continue;
    const { interval, priceUsdPerMwh } = atRow(path, line, () => normalizeSettlementPrice(fields, times));
    if (interval.operatingDay === day) prices.set(intervalKey(interval), priceUsdPerMwh);
  }
  if (prices.size === 0)
    throw new PortDataError(
      `${path}: expected settlement prices of ${wanted.settlementPoint} (${wanted.settlementPointType}) on ${day}, ` +
        `found none`,
    );
  return { sha256: createHash("sha256").update(bytes).digest("hex"), prices };
}

function bytesOf(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  } catch (cause) {
    throw new PortDataError(
      `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code}); expected the CSV that its path names`,
      { cause },
    );
  }
}
