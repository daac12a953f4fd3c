import { z } from "zod";
import type { ScedLmpObservation } from "../../../domain/inputs/scedLmp.ts";
import { normalizeScedLmp } from "../../../domain/market/normalizeScedLmp.ts";
import { sameDecimal } from "../../../domain/units/decimal.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { atRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { spanOfMoments } from "../apiRoute.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = {
  scedTimestamp: ["SCEDTimestamp"],
  repeatedHour: ["RepeatedHourFlag", "RepeatHourFlag", "DSTFlag"],
  settlementPoint: ["SettlementPoint", "SettlementPointName"],
  lmp: ["LMP"],
};

/**
 * LMPs of one settlement point in a stored NP6-788 document, a zip with one CSV or a page of the Public API. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row of the point, two prices of one run,
 * or no row of the point.
 */
export function parseScedLmpCsv(
  document: RawDocument,
  contentHash: string,
  settlementPoint: string,
): ScedLmpObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { rows, others } = documentRows(document, COLUMNS, settlementPoint, where);
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

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-788"), ...markSettings })
  .meta({ description: "SCED LMPs, MIS report type 12300, marks every 5 minutes" });

/**
 * ERCOT runs SCED off the five-minute mark when the grid moves fast, which is when prices jump: 1,596 runs in 2024.
 * They are looked for every minute: seven to eight requests for the list in five minutes, where three are needed for
 * the runs on the mark. ERCOT states no limit for MIS lists.
 */
const EXTRA_RUN_SECONDS = 60;
/** A run that is not there seven minutes after the one before is overdue. */
const LATE_SECONDS = 420;
/** Consecutive SCED runs lie at most this far apart, and a run is seen up to a minute after it. */
const SILENT_SECONDS_MIN = 330 + 60;

/**
 * SCED LMPs of one settlement point from the MIS list (NP6-788, report type 12300): one document a SCED run, about 5
 * minutes; a run off the mark is found within a minute of its publication.
 */
export const scedLmp = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-788",
    title: "SCED LMPs of the site's point: one document a SCED run, about every 5 minutes",
    reportType: "12300",
    gives: "sced-lmp",
    role: "record",
    isOptional: false,
    usual: { use: "ercot/np6-788", pollOffsetSeconds: 45, pollRetrySeconds: 8 },
    polls: atMarks({ periodSeconds: 300, toleranceSeconds: 30, leastSeconds: 5, extraSeconds: EXTRA_RUN_SECONDS }),
    urgency: "first",
    columns: COLUMNS,
    api: {
      emilId: "np6-788-cd",
      endpoints: [
        {
          name: "lmp_node_zone_hub",
          query: ({ settlementPoint }, from, until) => ({
            ...spanOfMoments("SCEDTimestamp", from, until),
            settlementPoint,
          }),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
    identity: ({ settlementPoint }) => `sced-lmp/${settlementPoint}`,
    read: (document, contentHash, { settlementPoint }) => parseScedLmpCsv(document, contentHash, settlementPoint),
    silentAfterSeconds: ({ scedPriceSeconds }) => scedPriceSeconds,
    lateAfterSeconds: LATE_SECONDS,
    problems: (_settings, { staleness: { scedPriceSeconds } }) =>
      scedPriceSeconds >= SILENT_SECONDS_MIN
        ? []
        : [
            {
              in: "file",
              path: ["policy", "staleness", "scedPriceSeconds"],
              message: `is ${scedPriceSeconds}: SCED runs come up to 330 s apart, so it would fall silent by itself`,
              expected: `at least ${SILENT_SECONDS_MIN} s`,
            },
          ],
  }),
};
