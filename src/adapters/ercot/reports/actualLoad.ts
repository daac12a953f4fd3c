import { z } from "zod";
import type { ActualLoadObservation } from "../../../domain/inputs/actualLoad.ts";
import { HOUR_SECONDS, hourKey } from "../../../domain/market/deliveryHour.ts";
import { LOAD_AREAS } from "../../../domain/market/loadZones.ts";
import { normalizeDeliveryHour } from "../../../domain/market/normalizeDeliveryHour.ts";
import { normalizeLoads } from "../../../domain/market/normalizeLoad.ts";
import { addSeconds } from "../../../domain/units/instant.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { assertOver } from "../assertOver.ts";
import { documentRows } from "../reportDocument.ts";
import { rowByRow } from "../rowByRow.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["OperDay", "OperatingDay"],
  hourEnding: ["HourEnding"],
  COAST: ["COAST"],
  EAST: ["EAST"],
  FAR_WEST: ["FAR_WEST", "FWEST"],
  NORTH: ["NORTH"],
  NORTH_C: ["NORTH_C", "NCENT", "NorthCentral"],
  SOUTHERN: ["SOUTHERN", "SOUTH"],
  SOUTH_C: ["SOUTH_C", "SCENT", "SouthCentral"],
  WEST: ["WEST"],
  SYSTEM: ["TOTAL", "ERCOT"],
};
const FLAG = { repeatedHour: ["DSTFlag", "RepeatedHourFlag"] };

/**
 * Load by weather zone in a stored NP6-345 document, a zip with one CSV or a page of the Public API. An hour that
 * cannot be read, one that is not over, and one that is there twice with different loads, is left out and told to
 * `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or when no hour can be read.
 */
export function parseActualLoadCsv(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): ActualLoadObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const head = { source, documentId, contentHash, fetchedAt, publishedAt, quality: "PUBLISHED" } as const;
  const { rows } = documentRows(document, COLUMNS, "", where, FLAG);
  const hours = rowByRow(
    rows,
    (fields) => {
      const hour = normalizeDeliveryHour(fields);
      const when = `${fields.deliveryDate} ${fields.hourEnding}`;
      assertOver("HourEnding", when, addSeconds(hour.startsAt, HOUR_SECONDS), fetchedAt);
      const loads = normalizeLoads(fields);
      return { place: hourKey(hour), values: LOAD_AREAS.map((area) => loads[area]), hour, loads };
    },
    where,
    report,
  );
  return hours.flatMap(({ hour, loads }) =>
    LOAD_AREAS.map((area) => ({ ...head, kind: "actual-load" as const, hour, area, loadMw: loads[area] })),
  );
}

/** A day is published early in the morning after it; two days without one are silence. */
const SILENT_SECONDS = 48 * 3_600;
/** The day before, whenever the first poll is. */
const LOOK_BACK_MINUTES = 30 * 60;

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-345"), ...regularSettings })
  .meta({ description: "Actual load by weather zone, MIS report type 13101" });

/** Actual load by weather zone from the MIS list (NP6-345, report type 13101): one document a day. */
export const actualLoad = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-345",
    title: "Actual load by weather zone: a day at a time, kept",
    reportType: "13101",
    gives: "actual-load",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-345", pollEverySeconds: 1800, pollOffsetSeconds: 240 },
    polls: everySoOften,
    columns: COLUMNS,
    lookBackMinutes: LOOK_BACK_MINUTES,
    identity: () => "actual-load",
    read: (document, contentHash, _point, report) => parseActualLoadCsv(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
