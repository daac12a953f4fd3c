import { z } from "zod";
import { intervalEnd, intervalKey, intervalStart, previousDay } from "../../../domain/market/calendar.ts";
import type { SettlementPriceObservation } from "../../../domain/inputs/settlementPrice.ts";
import type { SettlementInterval } from "../../../domain/market/model.ts";
import { MarketRowError, normalizePrice } from "../../../domain/market/normalizeField.ts";
import { sameDecimal } from "../../../domain/units/decimal.ts";
import { foreignValueText } from "../../../domain/units/foreignText.ts";
import { UnitError } from "../../../domain/units/instant.ts";
import type { Instant } from "../../../domain/units/instant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { assertOver } from "../assertOver.ts";
import { dashboardJson } from "../dashboardJson.ts";
import { dashboardReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

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

/** Key and type of a settlement point on the price dashboard; undefined for a point it does not show. */
function dashboardPoint(settlementPoint: string): { readonly key: string; readonly type: string } | undefined {
  return Object.hasOwn(POINTS, settlementPoint) ? POINTS[settlementPoint] : undefined;
}

/**
 * Settlement prices of one point in a stored `system-wide-prices.json`, all intervals of the day so far: a cross-check
 * of the MIS route, quality PRELIMINARY. Pure. A null price is skipped, it is not there yet; a row that cannot be read,
 * and an interval that two rows price differently, is left out and told to `report`.
 * @throws PortDataError when the dashboard does not show the point, the table or the point's column is missing, or no
 * row can be read.
 */
export function parseDashboardPricesJson(
  document: RawDocument,
  contentHash: string,
  settlementPoint: string,
  report?: Report,
): SettlementPriceObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const point = dashboardPoint(settlementPoint);
  if (point === undefined)
    throw new PortDataError(`${where}: expected one of ${Object.keys(POINTS).join(", ")}, got ${settlementPoint}`);
  const { rtSppData } = dashboardJson(document.bytes, where);
  if (!Array.isArray(rtSppData))
    throw new PortDataError(`${where}: expected an array rtSppData, found ${typeof rtSppData}`);
  const observations: SettlementPriceObservation[] = [];
  const problems: string[] = [];
  for (const [index, row] of rtSppData.entries()) {
    try {
      const priced = pricedRow(row, point.key, document.fetchedAt);
      if (priced === undefined) continue;
      observations.push({
        kind: "settlement-price",
        source: document.source,
        documentId: document.documentId,
        contentHash,
        fetchedAt: document.fetchedAt,
        quality: "PRELIMINARY",
        settlementPoint,
        settlementPointType: point.type,
        ...priced,
      });
    } catch (error) {
      if (!(error instanceof MarketRowError) && !(error instanceof UnitError)) throw error;
      problems.push(`${where}: rtSppData[${index}]: ${error.message}`);
    }
  }
  const priced = pricedOnce(observations, (problem) => problems.push(`${where}: ${problem}`));
  if (problems.length > 0 && priced.length === 0) throw new PortDataError(problems[0]);
  for (const problem of problems) report?.(problem);
  return priced;
}

/** The one price of each interval; of two that differ nobody knows which holds, so that interval has none. */
function pricedOnce(all: readonly SettlementPriceObservation[], report: Report): SettlementPriceObservation[] {
  return [...Map.groupBy(all, ({ interval }) => intervalKey(interval))].flatMap(([key, own]) => {
    const [one, ...more] = own as [SettlementPriceObservation, ...SettlementPriceObservation[]];
    if (more.every(({ priceUsdPerMwh }) => sameDecimal(priceUsdPerMwh, one.priceUsdPerMwh))) return [one];
    report(`${key} has different values: ${own.map(({ priceUsdPerMwh }) => priceUsdPerMwh).join(" and ")}`);
    return [];
  });
}

/** Undefined while the price of the row is null. @throws MarketRowError, UnitError */
function pricedRow(
  row: unknown,
  key: string,
  readAt: Instant,
): Pick<SettlementPriceObservation, "interval" | "priceUsdPerMwh"> | undefined {
  const fields = typeof row === "object" && row !== null ? (row as Record<string, unknown>) : {};
  const price = fields[key];
  if (price === null) return undefined;
  if (typeof price !== "number")
    throw new MarketRowError(key, price === undefined ? undefined : foreignValueText(price), "a number");
  const interval = endingInterval(fields);
  assertOver("intervalEnding", String(fields["intervalEnding"]), intervalEnd(interval), readAt);
  return { interval, priceUsdPerMwh: normalizePrice(key, String(price)) };
}

/** On the day of a clock change a label and its stamp may lie so far apart. */
const CLOCK_CHANGE_MINUTES = 60;

/**
 * The interval that ends at the printed `intervalEnding`. Its label is start + 15 minutes, also in the repeated hour.
 */
function endingInterval(row: Record<string, unknown>): SettlementInterval {
  const { intervalEnding, timestamp, dstFlag } = row;
  const end = /^([01]\d|2[0-4]):(00|15|30|45)$/.exec(typeof intervalEnding === "string" ? intervalEnding : "");
  const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/.exec(typeof timestamp === "string" ? timestamp : "");
  if (end === null || stamp === null || (dstFlag !== "Y" && dstFlag !== "N")) {
    const found = foreignValueText({ intervalEnding, timestamp, dstFlag });
    throw new MarketRowError("intervalEnding", found, "one such as 22:15, a timestamp and dstFlag Y or N");
  }
  const [, day = "", stampTime = ""] = stamp;
  const endMinute = Number(end[1]) * 60 + Number(end[2]);
  const [stampHour, stampMinute] = stampTime.split(":");
  const apart = Math.abs(endMinute - Number(stampHour) * 60 - Number(stampMinute)) % (24 * 60);
  if (apart > CLOCK_CHANGE_MINUTES && apart < 24 * 60 - CLOCK_CHANGE_MINUTES)
    throw new MarketRowError("intervalEnding", `${intervalEnding as string} at ${timestamp as string}`, "one moment");
  const startMinute = endMinute === 0 ? 24 * 60 - 15 : endMinute - 15;
  const found: SettlementInterval = {
    operatingDay: startMinute === 24 * 60 - 15 && stampTime === "00:00" ? previousDay(day) : day,
    hourEnding: Math.floor(startMinute / 60) + 1,
    interval: Math.floor((startMinute % 60) / 15) + 1,
    repeatedHour: dstFlag === "Y",
  };
  intervalStart(found);
  return found;
}

/** As for the report: 25 minutes after the end of the last quarter hour. */
const LATE_SECONDS = 1_500;
/** Prices of the dashboard follow the quarter hours; an hour without one is silence. */
const SILENT_SECONDS = 3_600;

const fragment = z
  .strictObject({ use: z.literal("ercot/system-wide-prices"), ...regularSettings })
  .meta({ description: "Second route of settlement prices, dashboard system-wide-prices" });

/**
 * Settlement prices of a hub or load zone from ERCOT's dashboard `system-wide-prices.json`: the second route beside the
 * MIS report. The dashboard shows no resource node: a site at one does not read it.
 */
export const systemWidePrices = {
  fragment,
  ...dashboardReport<z.infer<typeof fragment>>({
    use: "ercot/system-wide-prices",
    title: "Settlement prices of hubs and load zones on the dashboard, compared with the report's",
    page: "system-wide-prices",
    gives: "settlement-price",
    role: "cross-check",
    isOptional: true,
    usual: { use: "ercot/system-wide-prices", pollEverySeconds: 60, pollOffsetSeconds: 40 },
    polls: everySoOften,
    identity: ({ settlementPoint }) =>
      `settlement-price/${settlementPoint}/${shownPoint(settlementPoint).type}/dashboard`,
    read: (document, contentHash, { settlementPoint }, report) =>
      parseDashboardPricesJson(document, contentHash, settlementPoint, report),
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
    notRead: ({ settlementPoint }) =>
      dashboardPoint(settlementPoint) === undefined ? notShown(settlementPoint) : undefined,
  }),
};

/** @throws PortDataError for a point that the dashboard does not show. */
function shownPoint(settlementPoint: string): { readonly key: string; readonly type: string } {
  const point = dashboardPoint(settlementPoint);
  if (point === undefined) throw new PortDataError(notShown(settlementPoint));
  return point;
}

function notShown(settlementPoint: string): string {
  return (
    `settlement prices of ${settlementPoint} are not cross-checked: the dashboard system-wide-prices shows hubs and ` +
    `load zones only`
  );
}
