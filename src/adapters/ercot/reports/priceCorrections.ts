import { z } from "zod";
import { intervalKey } from "../../../domain/market/calendar.ts";
import type { SettlementPriceObservation } from "../../../domain/inputs/settlementPrice.ts";
import { normalizeCents } from "../../../domain/market/normalizeField.ts";
import { normalizeInterval } from "../../../domain/market/normalizeInterval.ts";
import { sameDecimal } from "../../../domain/units/decimal.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { atRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";
import { isSamePoint, type SettlementPoint } from "../../../domain/market/settlementPoint.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  deliveryHour: ["DeliveryHour"],
  deliveryInterval: ["DeliveryInterval", "DeliveryInt"],
  settlementPoint: ["SettlementPointName", "SettlementPoint"],
  settlementPointType: ["SettlementPointType"],
  price: ["SPPCorrected"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag", "RepeatHourFlag"],
};

/**
 * Corrected settlement prices of one point and type in a stored NP4-197-M document, a zip with one CSV or a page of the
 * Public API, quality CORRECTED; none when the document corrects other points. A row of the point that cannot be read,
 * and an interval with two prices, is left out and told to `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or when no row of the point can be read.
 */
export function parsePriceCorrectionsCsv(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
  report?: Report,
): SettlementPriceObservation[] {
  const { settlementPoint, settlementPointType } = wanted;
  const where = `${document.source} document ${document.documentId}`;
  const rowsRead: SettlementPriceObservation[] = [];
  const problems: string[] = [];
  const { rows } = documentRows(document, COLUMNS, settlementPoint, where);
  for (const { line, fields } of rows) {
    if (!isSamePoint(fields, wanted)) continue;
    try {
      const { interval, priceUsdPerMwh } = atRow(where, line, () => ({
        interval: normalizeInterval(fields, document),
        priceUsdPerMwh: normalizeCents("SPPCorrected", fields.price),
      }));
      rowsRead.push({
        kind: "settlement-price",
        source: document.source,
        documentId: document.documentId,
        contentHash,
        fetchedAt: document.fetchedAt,
        publishedAt: document.publishedAt,
        quality: "CORRECTED",
        settlementPoint,
        settlementPointType,
        interval,
        priceUsdPerMwh,
      });
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      problems.push(error.message);
    }
  }
  const observations = [...Map.groupBy(rowsRead, ({ interval }) => intervalKey(interval))].flatMap(
    ([key, [one, ...more]]) => {
      if (one === undefined || more.every(({ priceUsdPerMwh }) => sameDecimal(priceUsdPerMwh, one.priceUsdPerMwh)))
        return one ?? [];
      const prices = [one, ...more].map(({ priceUsdPerMwh }) => priceUsdPerMwh).join(" and ");
      problems.push(
        `${where}: ${settlementPoint} ${settlementPointType} has two corrected prices for ${key}: ${prices}`,
      );
      return [];
    },
  );
  if (problems.length > 0 && observations.length === 0) throw new PortDataError(problems[0]);
  for (const problem of problems) report?.(problem);
  return observations;
}

/** Corrections may not come for months; a year without one is odd. */
const SILENT_SECONDS = 366 * 86_400;

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-197-m"), ...regularSettings })
  .meta({ description: "Corrections of settlement point prices, MIS report type 13045" });

/**
 * ERCOT's corrections of settlement point prices of one point and type from the MIS list (NP4-197-M, report type
 * 13045). The report also holds corrections of other prices; documents of settlement point prices carry RTM_SPP in
 * their name. A corrected price is the next version of its interval's. They come hours to weeks after the day: ten
 * minutes are soon enough.
 */
export const priceCorrections = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-197-m",
    title: "Corrections of settlement point prices: hours to weeks after the day",
    reportType: "13045",
    gives: "settlement-price",
    role: "corrections",
    isOptional: false,
    usual: { use: "ercot/np4-197-m", pollEverySeconds: 600, pollOffsetSeconds: 30 },
    polls: everySoOften,
    columns: COLUMNS,
    accepts: (friendlyName) => /RTM_SPP/i.test(friendlyName),
    identity: ({ settlementPoint, settlementPointType }) =>
      `price-corrections/${settlementPoint}/${settlementPointType}`,
    read: parsePriceCorrectionsCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
