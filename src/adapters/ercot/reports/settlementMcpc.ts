import { z } from "zod";
import type { SettlementMcpcObservation } from "../../../domain/inputs/settlementMcpc.ts";
import { intervalKey } from "../../../domain/market/calendar.ts";
import { normalizePrice } from "../../../domain/market/normalizeField.ts";
import { normalizeInterval } from "../../../domain/market/normalizeInterval.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { capacityPrices, PRODUCT_COLUMN } from "../capacityRows.ts";
import { atRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { spanOfDays } from "../apiRoute.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval", "DeliveryInt"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
  product: PRODUCT_COLUMN,
  price: ["MCPC", "CappedMCPC"],
};

/**
 * Clearing prices for capacity of the quarter hours in a stored NP6-331 document, a zip with one CSV or a page of the
 * Public API. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row, a service that is not known or lacks in an
 * interval, and two prices of one.
 */
export function parseSettlementMcpcCsv(document: RawDocument, contentHash: string): SettlementMcpcObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  const { rows } = documentRows(document, COLUMNS, "", where);
  const read = rows.map(({ line, fields }) =>
    atRow(where, line, () => {
      const interval = normalizeInterval(fields, document);
      const { operatingDay } = interval;
      const priceUsdPerMwHour = normalizePrice("MCPC", fields.price);
      return {
        line,
        product: fields.product,
        about: interval,
        key: intervalKey(interval),
        operatingDay,
        priceUsdPerMwHour,
      };
    }),
  );
  return capacityPrices(read, where).map(({ about: interval, product, priceUsdPerMwHour }) => ({
    ...head,
    kind: "settlement-mcpc",
    interval,
    product,
    priceUsdPerMwHour,
  }));
}

/** A quarter hour that is not there ten minutes after its end is overdue: 25 minutes after the end of the last. */
const LATE_SECONDS = 1_500;
/** Prices are published every quarter hour; two hours without one are silence. */
const SILENT_SECONDS = 7_200;

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-331"), ...markSettings })
  .meta({ description: "Clearing prices for capacity by quarter hour, MIS report type 24898, marks every 15 minutes" });

/** Clearing prices for capacity that are settled at, from the MIS list (NP6-331, report type 24898). */
export const settlementMcpc = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-331",
    title: "Settlement clearing prices for capacity (MCPC): five a quarter hour, kept",
    reportType: "24898",
    gives: "settlement-mcpc",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-331", pollOffsetSeconds: 180, pollRetrySeconds: 60 },
    polls: atMarks({ periodSeconds: 900, toleranceSeconds: 0 }),
    columns: COLUMNS,
    api: {
      emilId: "np6-331-cd",
      endpoints: [
        { name: "rt_clear_price_cap", query: (_point, from, until) => spanOfDays("deliveryDate", from, until) },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
    lateAfterSeconds: LATE_SECONDS,
    identity: () => "settlement-mcpc",
    read: parseSettlementMcpcCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
