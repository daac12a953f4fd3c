import { z } from "zod";
import type { SystemDemandObservation } from "../../../domain/inputs/systemDemand.ts";
import { intervalEnd, intervalKey } from "../../../domain/market/calendar.ts";
import { normalizeLoad } from "../../../domain/market/normalizeLoad.ts";
import { normalizeTimeEnding } from "../../../domain/market/normalizeTimeEnding.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { assertOver } from "../assertOver.ts";
import { documentRows } from "../reportDocument.ts";
import { rowByRow } from "../rowByRow.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  timeEnding: ["TimeEnding"],
  demand: ["Demand"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag"],
};

/**
 * Demand of the system by quarter hour in a stored NP6-235 document (zip with one CSV). An interval that cannot be
 * read, one that is not over, and one that is there twice with different demands, is left out and told to `report`.
 * Pure.
 * @throws PortDataError for a damaged document, a missing column, or when no interval can be read.
 */
export function parseSystemDemandCsv(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): SystemDemandObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  const { rows } = documentRows(document, COLUMNS, "", where);
  const intervals = rowByRow(
    rows,
    (fields) => {
      const interval = normalizeTimeEnding(fields);
      assertOver("TimeEnding", `${fields.deliveryDate} ${fields.timeEnding}`, intervalEnd(interval), fetchedAt);
      const value = normalizeLoad("Demand", fields.demand);
      return { place: intervalKey(interval), values: [value], value, interval };
    },
    where,
    report,
  );
  return intervals.map(({ interval, value }) => ({ ...head, kind: "system-demand", interval, demandMw: value }));
}

/** Intervals are published within the hour or with their day; a day and a half without one is silence. */
const SILENT_SECONDS = 36 * 3_600;
const LOOK_BACK_MINUTES = 30 * 60;

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-235"), ...regularSettings })
  .meta({ description: "System-wide demand by quarter hour, MIS report type 12340" });

/** System-wide demand from the MIS list (NP6-235, report type 12340); the Public API has no such report. */
export const systemDemand = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-235",
    title: "Demand of the system by quarter hour",
    reportType: "12340",
    gives: "system-demand",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-235", pollEverySeconds: 900, pollOffsetSeconds: 210 },
    polls: everySoOften,
    columns: COLUMNS,
    lookBackMinutes: LOOK_BACK_MINUTES,
    identity: () => "system-demand",
    read: (document, contentHash, _point, report) => parseSystemDemandCsv(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
