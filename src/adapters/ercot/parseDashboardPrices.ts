import { intervalStart } from "../../domain/market/calendar.ts";
import type { OperatingDay, SettlementInterval, SettlementPriceObservation } from "../../domain/market/model.ts";
import { UnitError } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { dashboardJson } from "./dashboardJson.ts";

/**
 * Points of `system-wide-prices.json`: key and settlement point type. Load zones are the plain ones, not the
 * energy-weighted twins.
 */
const POINTS: Readonly<Record<string, { readonly key: string; readonly type: string }>> = {
  HB_BUSAVG: { key: "hbBusAvg", type: "SH" },
  HB_HUBAVG: { key: "hbHubAvg", type: "AH" },
  HB_HOUSTON: { key: "hbHouston", type: "HU" },
  HB_NORTH: { key: "hbNorth", type: "HU" },
  HB_PAN: { key: "hbPan", type: "HU" },
  HB_SOUTH: { key: "hbSouth", type: "HU" },
  HB_WEST: { key: "hbWest", type: "HU" },
  LZ_AEN: { key: "lzAen", type: "LZ" },
  LZ_CPS: { key: "lzCps", type: "LZ" },
  LZ_HOUSTON: { key: "lzHouston", type: "LZ" },
  LZ_LCRA: { key: "lzLcra", type: "LZ" },
  LZ_NORTH: { key: "lzNorth", type: "LZ" },
  LZ_RAYBN: { key: "lzRaybn", type: "LZ" },
  LZ_SOUTH: { key: "lzSouth", type: "LZ" },
  LZ_WEST: { key: "lzWest", type: "LZ" },
};

/**
 * Key and type of a settlement point on the price dashboard. @throws PortDataError when the dashboard does not show it.
 */
export function dashboardPoint(settlementPoint: string): { readonly key: string; readonly type: string } {
  const point = POINTS[settlementPoint];
  if (point === undefined) {
    throw new PortDataError(
      `dashboard/system-wide-prices: expected one of ${Object.keys(POINTS).join(", ")}, got ${settlementPoint}; ` +
        `resource nodes are on the MIS route`,
    );
  }
  return point;
}

/**
 * Settlement prices of one point in a stored `system-wide-prices.json`, all intervals of the day so far: a cross-check
 * of the MIS route, quality PRELIMINARY. Pure. A null price is skipped, it is not there yet.
 * @throws PortDataError when the table or the point's column is missing, or a row cannot be dated.
 */
export function parseDashboardPricesJson(
  document: RawDocument,
  contentHash: string,
  settlementPoint: string,
): SettlementPriceObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { key, type } = dashboardPoint(settlementPoint);
  const { rtSppData } = dashboardJson(document.bytes, where);
  if (!Array.isArray(rtSppData))
    throw new PortDataError(`${where}: expected an array rtSppData, found ${typeof rtSppData}`);
  return (rtSppData as Record<string, unknown>[]).flatMap((row, index) => {
    const at = `${where}: rtSppData[${index}]`;
    const price = row[key];
    if (price === null) return [];
    if (typeof price !== "number" || !Number.isFinite(price))
      throw new PortDataError(`${at}: expected ${key} as a number, found ${JSON.stringify(price)}`);
    return [
      {
        kind: "settlement-price" as const,
        source: document.source,
        documentId: document.documentId,
        contentHash,
        fetchedAt: document.fetchedAt,
        quality: "PRELIMINARY" as const,
        settlementPoint,
        settlementPointType: type,
        interval: interval(row, at),
        priceUsdPerMwh: String(price),
      },
    ];
  });
}

/**
 * The interval that ends at the printed `intervalEnding`. Its label is start + 15 minutes, also in the repeated hour.
 */
function interval(row: Record<string, unknown>, at: string): SettlementInterval {
  const { intervalEnding, timestamp, dstFlag } = row;
  const end = /^([01]\d|2[0-4]):(00|15|30|45)$/.exec(String(intervalEnding));
  const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/.exec(String(timestamp));
  if (end === null || stamp === null || (dstFlag !== "Y" && dstFlag !== "N")) {
    throw new PortDataError(
      `${at}: expected intervalEnding such as 22:15, a timestamp and dstFlag Y or N, found ` +
        `${JSON.stringify({ intervalEnding, timestamp, dstFlag })}`,
    );
  }
  const [, day = "", stampTime] = stamp;
  const endMinute = Number(end[1]) * 60 + Number(end[2]);
  const startMinute = endMinute === 0 ? 24 * 60 - 15 : endMinute - 15;
  const found: SettlementInterval = {
    operatingDay: startMinute === 24 * 60 - 15 && stampTime === "00:00" ? dayBefore(day) : day,
    hourEnding: Math.floor(startMinute / 60) + 1,
    interval: Math.floor((startMinute % 60) / 15) + 1,
    repeatedHour: dstFlag === "Y",
  };
  try {
    intervalStart(found);
    return found;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new PortDataError(`${at}: intervalEnding ${String(intervalEnding)} dstFlag ${dstFlag}: ${error.message}`, {
      cause: error,
    });
  }
}

function dayBefore(day: OperatingDay): OperatingDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
