import type { ScedLmpObservation } from "../../domain/inputs/scedLmp.ts";
import { normalizeScedLmp } from "../../domain/market/normalizeScedLmp.ts";
import { sameDecimal } from "../../domain/units/decimal.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { atRow, reportRows } from "./reportCsv.ts";
import { unzipCsv } from "./unzipCsv.ts";

const COLUMNS = {
  scedTimestamp: ["SCEDTimestamp"],
  repeatedHour: ["RepeatedHourFlag", "RepeatHourFlag", "DSTFlag"],
  settlementPoint: ["SettlementPoint", "SettlementPointName"],
  lmp: ["LMP"],
};

/**
 * LMPs of one settlement point in a stored NP6-788 document (zip with one CSV). Pure.
 * @throws PortDataError for a damaged zip, a missing column, a bad row of the point, two prices of one run, or no row
 * of the point.
 */
export function parseScedLmpCsv(
  document: RawDocument,
  contentHash: string,
  settlementPoint: string,
): ScedLmpObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { rows, others } = reportRows(unzipCsv(document.bytes, where), COLUMNS, settlementPoint, where);
  const observations = new Map<string, ScedLmpObservation>();
  for (const { line, fields } of rows) {
    if (fields.settlementPoint !== settlementPoint) continue;
    const { scedAt, lmpUsdPerMwh } = atRow(where, line, () => normalizeScedLmp(fields, document));
    const before = observations.get(scedAt);
    if (before !== undefined && !sameDecimal(before.lmpUsdPerMwh, lmpUsdPerMwh)) {
      throw new PortDataError(
        `${where}: line ${line}: ${settlementPoint} has two LMPs for the run at ${scedAt}: ${before.lmpUsdPerMwh} ` +
          `and ${lmpUsdPerMwh}`,
      );
    }
    observations.set(scedAt, {
      kind: "sced-lmp",
      source: document.source,
      documentId: document.documentId,
      contentHash,
      fetchedAt: document.fetchedAt,
      publishedAt: document.publishedAt,
      quality: "PUBLISHED",
      settlementPoint,
      scedAt,
      lmpUsdPerMwh,
    });
  }
  if (observations.size === 0) {
    throw new PortDataError(
      `${where}: expected a row of settlement point ${settlementPoint}, found ${rows.length + others} rows of ` +
        `others; check the site's settlementPoint`,
    );
  }
  return [...observations.values()];
}
