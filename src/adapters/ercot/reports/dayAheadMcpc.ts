import { z } from "zod";
import type { DayAheadMcpcObservation } from "../../../domain/inputs/dayAheadMcpc.ts";
import { dayEnd, operatingDayOf } from "../../../domain/market/calendar.ts";
import { hourKey, hoursOfDay } from "../../../domain/market/deliveryHour.ts";
import { normalizeDeliveryHour } from "../../../domain/market/normalizeDeliveryHour.ts";
import { normalizePrice } from "../../../domain/market/normalizeField.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { capacityPrices, PRODUCT_COLUMN } from "../capacityRows.ts";
import { atRow } from "../reportCsv.ts";
import { spanOfDays } from "../apiRoute.ts";
import { documentRows } from "../reportDocument.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  hourEnding: ["HourEnding"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
  product: PRODUCT_COLUMN,
  price: ["MCPC"],
};

/**
 * Day-ahead clearing prices for capacity in a stored NP4-188 document, a zip with one CSV or a page of the Public API:
 * whole operating days of 24 hours, 23 or 25 on the change days. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row, a service that is not known or lacks in an
 * hour, two prices of one, and a day that lacks an hour.
 */
export function parseDayAheadMcpcCsv(document: RawDocument, contentHash: string): DayAheadMcpcObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  const { rows } = documentRows(document, COLUMNS, "", where);
  const read = rows.map(({ line, fields }) =>
    atRow(where, line, () => {
      const hour = normalizeDeliveryHour(fields);
      const { operatingDay } = hour;
      const priceUsdPerMwHour = normalizePrice("MCPC", fields.price);
      return { line, product: fields.product, about: hour, key: hourKey(hour), operatingDay, priceUsdPerMwHour };
    }),
  );
  const prices = capacityPrices(read, where);
  const hours = new Set(prices.map(({ about }) => about.startsAt));
  for (const day of new Set(prices.map(({ operatingDay }) => operatingDay))) {
    const lacking = hoursOfDay(day).filter((startsAt) => !hours.has(startsAt));
    if (lacking.length > 0)
      throw new PortDataError(
        `${where}: expected every hour of ${day}, found none that begins at ${lacking.join(", ")}`,
      );
  }
  return prices.map(({ about: hour, product, priceUsdPerMwHour }) => ({
    ...head,
    kind: "day-ahead-mcpc",
    hour,
    product,
    priceUsdPerMwHour,
  }));
}

/** A day is published about 13:30 the day before and may slip to 18:00; a day and a half without one is silence. */
const SILENT_SECONDS = 36 * 3_600;

/** The Public API is asked once MIS has been away for so long. */
const MIS_AWAY_SECONDS = 1_800;
/** The documents of today and tomorrow. */
const LOOK_BACK_MINUTES = 40 * 60;

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-188"), ...regularSettings })
  .meta({ description: "Day-ahead clearing prices for capacity, MIS report type 12329" });

/** Day-ahead clearing prices for capacity from the MIS list (NP4-188, report type 12329): one document a day. */
export const dayAheadMcpc = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-188",
    title: "Day-ahead clearing prices for capacity (MCPC): one document a day, about 13:30 of the day before",
    reportType: "12329",
    gives: "day-ahead-mcpc",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np4-188", pollEverySeconds: 600, pollOffsetSeconds: 50 },
    polls: everySoOften,
    columns: COLUMNS,
    lookBackMinutes: LOOK_BACK_MINUTES,
    api: {
      emilId: "np4-188-cd",
      endpoints: [
        {
          name: "dam_clear_price_for_cap",
          query: (_point, from, until) => spanOfDays("deliveryDate", from, dayEnd(operatingDayOf(until))),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: MIS_AWAY_SECONDS,
      isSeldom: true,
    },
    daily: { from: "13:30:00", until: "18:00:00" },
    identity: () => "day-ahead-mcpc",
    read: parseDayAheadMcpcCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
