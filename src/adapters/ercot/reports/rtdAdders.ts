import { z } from "zod";
import type { RtdAddersObservation } from "../../../domain/inputs/rtdAdders.ts";
import { normalizeAdders } from "../../../domain/market/normalizeScedAdders.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { spanOfMoments } from "../apiRoute.ts";
import { toldAtRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { RTD_COLUMNS, rtdRuns } from "../rtdRows.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = { ...RTD_COLUMNS, adder: ["RTRDPA"], loadResources: ["RTDNCLR"], ers: ["RTDERS"] };
/** In reports from ERCOT's release 2026-R7 on. */
const SINCE_2026 = { largeLoad: ["RTDLL"] };

/**
 * RTD's indicative adders in a stored NP6-325 document, a zip with one CSV or a page of the Public API. A bad row, and
 * a deployment that cannot be read, is left out and told to `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or no readable row
 */
export function parseRtdAddersCsv(document: RawDocument, contentHash: string, report?: Report): RtdAddersObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const { rows } = documentRows(document, COLUMNS, "", where, SINCE_2026);
  const runs = rtdRuns(
    rows,
    document,
    (row) => {
      const { line, fields } = rows[row] as (typeof rows)[number];
      return normalizeAdders(fields, toldAtRow(where, line, report));
    },
    report,
  );
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  return [...runs].map(([rtdAt, steps]) => ({
    ...head,
    kind: "rtd-adders",
    rtdAt,
    steps: steps.map(({ endsAt, said }) => ({ endsAt, ...said })),
  }));
}

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-325"), ...markSettings })
  .meta({ description: "RTD indicative price adders, MIS report type 13222, marks every 5 minutes" });

/** Every five minutes a run; half an hour without one is silence. */
const SILENT_SECONDS = 1_800;
const LATE_SECONDS = 600;

/** RTD's indicative adders from the MIS list (NP6-325, report type 13222): one document an RTD run, kept alone. */
export const rtdAdders = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-325",
    title: "RTD indicative price adders of the next hour, every 5 minutes; kept, told to no site",
    reportType: "13222",
    gives: "rtd-adders",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-325", pollOffsetSeconds: 165, pollRetrySeconds: 60 },
    polls: atMarks({ periodSeconds: 300, toleranceSeconds: 60 }),
    columns: COLUMNS,
    identity: () => "rtd-adders",
    read: (document, contentHash, _point, report) => parseRtdAddersCsv(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
    api: {
      emilId: "np6-325-cd",
      endpoints: [
        { name: "rtd_price_adders", query: (_point, from, until) => spanOfMoments("RTDTimestamp", from, until) },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
  }),
};
