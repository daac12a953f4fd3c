import { z } from "zod";
import type { RtdPathObservation } from "../../../domain/inputs/rtdPath.ts";
import { normalizePrice } from "../../../domain/market/normalizeField.ts";
import { isSamePoint, type SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import { cleanText } from "../../../domain/units/foreignText.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { spanOfMoments } from "../apiRoute.ts";
import { documentRows } from "../reportDocument.ts";
import { RTD_COLUMNS, rtdRuns } from "../rtdRows.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = {
  ...RTD_COLUMNS,
  settlementPoint: ["SettlementPoint", "SettlementPointName"],
  settlementPointType: ["SettlementPointType"],
  lmp: ["LMP"],
};

/**
 * RTD's look-ahead at one settlement point and type in a stored NP6-970 document, a zip with one CSV or a page of the
 * Public API. A bad row is left out and told to `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or no readable row of the point and type
 */
export function parseRtdPathCsv(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
  report?: Report,
): RtdPathObservation[] {
  const { settlementPoint, settlementPointType } = wanted;
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const { rows, others } = documentRows(document, COLUMNS, settlementPoint, where);
  const own = rows.filter(({ fields }) => isSamePoint(fields, wanted));
  if (own.length === 0) {
    const ofPoint = rows.filter(({ fields }) => fields.settlementPoint === settlementPoint);
    const types = [...new Set(ofPoint.map(({ fields }) => fields.settlementPointType))].join(", ");
    throw new PortDataError(
      `${where}: expected rows of ${settlementPoint} with type ${settlementPointType}, found ` +
        `${rows.length + others} rows, ${settlementPoint} with ${types === "" ? "no type" : cleanText(types, 60)}`,
    );
  }
  const runs = rtdRuns(own, document, (row) => normalizePrice("LMP", own[row]?.fields.lmp), report);
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  return [...runs].map(([rtdAt, steps]) => ({
    ...head,
    kind: "rtd-path",
    settlementPoint,
    settlementPointType,
    rtdAt,
    steps: steps.map(({ endsAt, said }) => ({ endsAt, lmpUsdPerMwh: said })),
  }));
}

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-970"), ...markSettings })
  .meta({ description: "RTD look-ahead, MIS report type 13073, marks every 5 minutes" });

/** Every five minutes a run; half an hour without one is silence. */
const SILENT_SECONDS = 1_800;
const LATE_SECONDS = 600;

/**
 * Indicative LMPs of the next steps at one settlement point and type from the MIS list (NP6-970, report type 13073),
 * one document an RTD run.
 */
export const rtdPath = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-970",
    title: "RTD look-ahead of the site's point: indicative prices of the next hour, every 5 minutes",
    reportType: "13073",
    gives: "rtd-path",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-970", pollOffsetSeconds: 150, pollRetrySeconds: 60 },
    polls: atMarks({ periodSeconds: 300, toleranceSeconds: 60 }),
    columns: COLUMNS,
    identity: ({ settlementPoint, settlementPointType }) => `rtd-path/${settlementPoint}/${settlementPointType}`,
    read: parseRtdPathCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
    api: {
      emilId: "np6-970-cd",
      endpoints: [
        {
          name: "rtd_lmp_node_zone_hub",
          query: ({ settlementPoint, settlementPointType }, from, until) => ({
            ...spanOfMoments("RTDTimestamp", from, until),
            settlementPoint,
            settlementPointType,
          }),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
  }),
};
