import { z } from "zod";
import { intervalKey } from "../../../domain/market/calendar.ts";
import type { SettlementPriceObservation } from "../../../domain/inputs/settlementPrice.ts";
import { normalizeSettlementPrice } from "../../../domain/market/normalizeSettlementPrice.ts";
import { sameDecimal } from "../../../domain/units/decimal.ts";
import { cleanText } from "../../../domain/units/foreignText.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { atRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { spanOfDays } from "../apiRoute.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";
import { isSamePoint, type SettlementPoint } from "../../../domain/market/settlementPoint.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval", "DeliveryInt"],
  settlementPoint: ["SettlementPointName", "SettlementPoint"],
  settlementPointType: ["SettlementPointType"],
  price: ["SettlementPointPrice"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
};

/**
 * Settlement point prices of one point and type in a stored NP6-905 document, a zip with one CSV or a page of the
 * Public API. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row of the point, two prices of one interval,
 * or no row of it.
 */
export function parseSettlementPriceCsv(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
): SettlementPriceObservation[] {
  const { settlementPoint, settlementPointType } = wanted;
  const where = `${document.source} document ${document.documentId}`;
  const { rows, others } = documentRows(document, COLUMNS, settlementPoint, where);
  const observations = new Map<string, SettlementPriceObservation>();
  for (const { line, fields } of rows) {
    if (!isSamePoint(fields, wanted)) continue;
    const { interval, priceUsdPerMwh } = atRow(where, line, () => normalizeSettlementPrice(fields, document));
    const key = intervalKey(interval);
    const before = observations.get(key);
    if (before !== undefined && !sameDecimal(before.priceUsdPerMwh, priceUsdPerMwh)) {
      throw new PortDataError(
        `${where}: line ${line}: ${settlementPoint} ${settlementPointType} has two prices for ${key}: ` +
          `${before.priceUsdPerMwh} and ${priceUsdPerMwh}`,
      );
    }
    observations.set(key, {
      kind: "settlement-price",
      source: document.source,
      documentId: document.documentId,
      contentHash,
      fetchedAt: document.fetchedAt,
      publishedAt: document.publishedAt,
      quality: "PUBLISHED",
      settlementPoint,
      settlementPointType,
      interval,
      priceUsdPerMwh,
    });
  }
  if (observations.size === 0) {
    const types = new Set(
      rows
        .filter(({ fields }) => fields.settlementPoint === settlementPoint)
        .map(({ fields }) => fields.settlementPointType),
    );
    const found = types.size === 0 ? "no type" : `type ${cleanText([...types].join(", "), 60)}`;
    throw new PortDataError(
      `${where}: expected a row of ${settlementPoint} with type ${settlementPointType}, found ` +
        `${rows.length + others} rows, ` +
        `${settlementPoint} with ${found}; check the site's settlement point`,
    );
  }
  return [...observations.values()];
}

/** A quarter hour that is not there ten minutes after its end is overdue: 25 minutes after the end of the last. */
const LATE_SECONDS = 1_500;
/** Prices are published every quarter hour; an hour without one is silence. */
const SILENT_SECONDS = 3_600;

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-905"), ...markSettings })
  .meta({ description: "Settlement point prices, MIS report type 12301, marks every 15 minutes" });

/**
 * Settlement point prices of one point and type from the MIS list (NP6-905, report type 12301): one document a quarter
 * hour, named after the interval's end. A later document for the same interval is a new version of its price.
 */
export const settlementPrices = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-905",
    title: "Settlement point prices of the site's point and type: one document a quarter hour",
    reportType: "12301",
    gives: "settlement-price",
    role: "record",
    isOptional: false,
    usual: { use: "ercot/np6-905", pollOffsetSeconds: 120, pollRetrySeconds: 8 },
    polls: atMarks({ periodSeconds: 900, toleranceSeconds: 0, leastSeconds: 5 }),
    urgency: "soon",
    columns: COLUMNS,
    api: {
      emilId: "np6-905-cd",
      endpoints: [
        {
          name: "spp_node_zone_hub",
          query: ({ settlementPoint, settlementPointType }, from, until) => ({
            ...spanOfDays("deliveryDate", from, until),
            settlementPoint,
            settlementPointType,
          }),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
    identity: ({ settlementPoint, settlementPointType }) =>
      `settlement-price/${settlementPoint}/${settlementPointType}`,
    read: parseSettlementPriceCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
  }),
};
