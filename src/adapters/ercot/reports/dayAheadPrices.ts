import { z } from "zod";
import type { DayAheadPriceObservation } from "../../../domain/inputs/dayAheadPrice.ts";
import { dayEnd, operatingDayOf } from "../../../domain/market/calendar.ts";
import { type DeliveryHour, hoursOfDay } from "../../../domain/market/deliveryHour.ts";
import { normalizeDeliveryHour } from "../../../domain/market/normalizeDeliveryHour.ts";
import { normalizePrice } from "../../../domain/market/normalizeField.ts";
import { sameDecimal } from "../../../domain/units/decimal.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { atRow } from "../reportCsv.ts";
import { spanOfDays } from "../apiRoute.ts";
import { documentRows } from "../reportDocument.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  hourEnding: ["HourEnding"],
  settlementPoint: ["SettlementPoint", "SettlementPointName"],
  price: ["SettlementPointPrice"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
};

/**
 * Day-ahead settlement point prices of one point in a stored NP4-190 document, a zip with one CSV or a page of the
 * Public API: whole operating days of 24 hours, 23 or 25 on the change days. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row of the point, two prices of one hour, a day
 * that lacks an hour, or no row of the point.
 */
export function parseDayAheadPricesCsv(
  document: RawDocument,
  contentHash: string,
  settlementPoint: string,
): DayAheadPriceObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const { rows, others } = documentRows(document, COLUMNS, settlementPoint, where);
  const hours = new Map<string, { readonly hour: DeliveryHour; readonly price: string }>();
  for (const { line, fields } of rows) {
    if (fields.settlementPoint !== settlementPoint) continue;
    const hour = atRow(where, line, () => normalizeDeliveryHour(fields));
    const price = atRow(where, line, () => normalizePrice("SettlementPointPrice", fields.price));
    const before = hours.get(hour.startsAt)?.price;
    if (before !== undefined && !sameDecimal(before, price))
      throw new PortDataError(
        `${where}: line ${line}: ${settlementPoint} has two prices for the hour from ${hour.startsAt}: ${before} and ` +
          price,
      );
    hours.set(hour.startsAt, { hour, price });
  }
  if (hours.size === 0)
    throw new PortDataError(
      `${where}: expected rows of settlement point ${settlementPoint}, found ${rows.length + others} of others; ` +
        `check the site's settlementPoint`,
    );
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  const days = new Set([...hours.values()].map(({ hour }) => hour.operatingDay));
  return [...days].flatMap((day) =>
    hoursOfDay(day).map((startsAt) => {
      const found = hours.get(startsAt);
      if (found === undefined)
        throw new PortDataError(
          `${where}: expected every hour of ${day} at ${settlementPoint}, found none that begins at ${startsAt}`,
        );
      return {
        ...head,
        kind: "day-ahead-price" as const,
        settlementPoint,
        hour: found.hour,
        priceUsdPerMwh: found.price,
      };
    }),
  );
}

/**
 * A day is published from 12:30 of the day before on and may slip to 18:00: not yet published is no silence before,
 * an hour more when the clocks go back.
 */
const SILENT_SECONDS = 31 * 3_600;
/** The Public API is asked once MIS has been away for so long. */
const MIS_AWAY_SECONDS = 1_800;
/** The documents of today and tomorrow. */
const LOOK_BACK_MINUTES = 40 * 60;

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-190"), ...regularSettings })
  .meta({ description: "Day-ahead settlement point prices, MIS report type 12331" });

/** Day-ahead prices of one settlement point from the MIS list (NP4-190, report type 12331): one document a day. */
export const dayAheadPrices = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-190",
    title: "Day-ahead prices of the site's point: one document a day, about 13:30 of the day before",
    reportType: "12331",
    gives: "day-ahead-price",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np4-190", pollEverySeconds: 600, pollOffsetSeconds: 70 },
    polls: everySoOften,
    columns: COLUMNS,
    lookBackMinutes: LOOK_BACK_MINUTES,
    api: {
      emilId: "np4-190-cd",
      endpoints: [
        {
          name: "dam_stlmnt_pnt_prices",
          query: ({ settlementPoint }, from, until) => ({
            ...spanOfDays("deliveryDate", from, dayEnd(operatingDayOf(until))),
            settlementPoint,
          }),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: MIS_AWAY_SECONDS,
      isSeldom: true,
    },
    identity: ({ settlementPoint }) => `day-ahead-price/${settlementPoint}`,
    read: (document, contentHash, { settlementPoint }) =>
      parseDayAheadPricesCsv(document, contentHash, settlementPoint),
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
