import { z } from "zod";
import type { ScedAddersObservation } from "../../../domain/inputs/scedAdders.ts";
import { addersText } from "../../../domain/market/addersText.ts";
import { normalizeScedAdders } from "../../../domain/market/normalizeScedAdders.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { atRow, toldAtRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = {
  scedTimestamp: ["SCEDTimestamp"],
  repeatedHour: ["RepeatedHourFlag", "RepeatHourFlag", "DSTFlag"],
  adder: ["RTRDPA"],
  loadResources: ["RTDNCLR"],
  ers: ["RTDERS"],
};
/** In reports from ERCOT's release 2026-R7 on. */
const SINCE_2026 = { largeLoad: ["RTDLL"] };
const EVERY_ROW = "";

/**
 * Adders and deployments of the SCED runs in a stored NP6-323 document, a zip with one CSV or a page of the Public API.
 * A deployment that cannot be read is absent and told to `report`: it costs no adder. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row, a run that is told twice otherwise, or no
 * row
 */
export function parseScedAddersCsv(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): ScedAddersObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const observations = new Map<string, ScedAddersObservation>();
  for (const { line, fields } of documentRows(document, COLUMNS, EVERY_ROW, where, SINCE_2026).rows) {
    const read = atRow(where, line, () => normalizeScedAdders(fields, document, toldAtRow(where, line, report)));
    const before = observations.get(read.scedAt);
    if (before !== undefined && addersText(before) !== addersText(read))
      throw new PortDataError(
        `${where}: line ${line}: the run at ${read.scedAt} is there twice: ${addersText(before)} and ` +
          `${addersText(read)}`,
      );
    const provenance = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
    observations.set(read.scedAt, { kind: "sced-adders", ...provenance, ...read });
  }
  if (observations.size === 0) throw new PortDataError(`${where}: expected a row of a SCED run, found none`);
  return [...observations.values()];
}

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-323"), ...markSettings })
  .meta({ description: "Adders and deployments of SCED runs, MIS report type 13221, marks every 5 minutes" });

/** A run off the mark has its own document; one whose adder changes nothing need not be known soon. */
const EXTRA_RUN_SECONDS = 120;
/** A run that is not there seven minutes after the one before is overdue. */
const LATE_SECONDS = 420;

/**
 * Real-time price adders and deployed load by SCED run from the MIS list (NP6-323, report type 13221): one document a
 * SCED run. They are the same for every settlement point.
 */
export const scedAdders = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-323",
    title: "Price adders and deployments: one document a SCED run, about every 5 minutes",
    reportType: "13221",
    gives: "sced-adders",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-323", pollOffsetSeconds: 50, pollRetrySeconds: 8 },
    urgency: "soon",
    polls: atMarks({ periodSeconds: 300, toleranceSeconds: 30, extraSeconds: EXTRA_RUN_SECONDS }),
    columns: COLUMNS,
    identity: () => "sced-adders",
    read: (document, contentHash, _point, report) => parseScedAddersCsv(document, contentHash, report),
    silentAfterSeconds: ({ scedPriceSeconds }) => scedPriceSeconds,
    lateAfterSeconds: LATE_SECONDS,
  }),
};
