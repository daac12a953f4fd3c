import { z } from "zod";
import type { LoadForecastObservation } from "../../../domain/inputs/loadForecast.ts";
import { hourKey } from "../../../domain/market/deliveryHour.ts";
import { LOAD_AREAS } from "../../../domain/market/loadZones.ts";
import { normalizeDeliveryHour } from "../../../domain/market/normalizeDeliveryHour.ts";
import { normalizeFlag } from "../../../domain/market/normalizeField.ts";
import { normalizeLoads } from "../../../domain/market/normalizeLoad.ts";
import { cleanText } from "../../../domain/units/foreignText.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { documentRows } from "../reportDocument.ts";
import { rowByRow } from "../rowByRow.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const COLUMNS = {
  deliveryDate: ["DeliveryDate"],
  hourEnding: ["HourEnding"],
  COAST: ["Coast"],
  EAST: ["East"],
  FAR_WEST: ["FarWest"],
  NORTH: ["North"],
  NORTH_C: ["NorthCentral"],
  SOUTHERN: ["Southern"],
  SOUTH_C: ["SouthCentral"],
  WEST: ["West"],
  SYSTEM: ["SystemTotal"],
  model: ["Model"],
  isInUse: ["InUseFlag"],
  repeatedHour: ["DSTFlag", "RepeatedHourFlag"],
};
const HOURS_MAX = 400;
const MODEL_CHARS = 20;

/**
 * The load forecast in a stored NP3-565 document (zip with one CSV): of each hour the row of the model in use alone. An
 * hour that cannot be read, and one that two models in use forecast differently, is left out and told to `report`.
 * Pure.
 * @throws PortDataError for a damaged document, a missing column, when no row is in use or can be read, or more than
 * 400 hours.
 */
export function parseLoadForecastCsv(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): LoadForecastObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const { rows } = documentRows(document, COLUMNS, "", where);
  const isInUse = ({ isInUse: flag }: { readonly isInUse: string }): boolean =>
    /^(y|n|true|false)$/i.test(flag.trim()) ? normalizeFlag("InUseFlag", flag) : true;
  const used = rows.filter(({ fields }) => isInUse(fields));
  const hours = rowByRow(
    used,
    (fields) => {
      normalizeFlag("InUseFlag", fields.isInUse);
      const hour = normalizeDeliveryHour(fields);
      const loadMw = normalizeLoads(fields);
      const values = LOAD_AREAS.map((area) => loadMw[area]);
      const model = cleanText(fields.model.replaceAll(",", " "), MODEL_CHARS);
      return { place: hourKey(hour), values, hour, model, loadMw };
    },
    where,
    report,
  );
  if (hours.length === 0)
    throw new PortDataError(`${where}: expected rows of the model in use, found ${rows.length} of others`);
  if (hours.length > HOURS_MAX) throw new PortDataError(`${where}: more than ${HOURS_MAX} hours of forecast`);
  const ordered = hours.toSorted((a, b) => (a.hour.startsAt < b.hour.startsAt ? -1 : 1));
  return [
    {
      kind: "load-forecast",
      source,
      documentId,
      contentHash,
      fetchedAt,
      publishedAt,
      quality: "PUBLISHED",
      postedAt: publishedAt === undefined ? fetchedAt : publishedAt,
      hours: ordered.map(({ hour, model, loadMw }) => ({ hour, model, loadMw })),
    },
  ];
}

/** A forecast is published every hour; three hours without one are silence. */
const SILENT_SECONDS = 3 * 3_600;

const fragment = z
  .strictObject({ use: z.literal("ercot/np3-565"), ...regularSettings })
  .meta({ description: "Load forecast of seven days by model and weather zone, MIS report type 14837" });

/** ERCOT's load forecast of seven days from the MIS list (NP3-565, report type 14837): one document an hour. */
export const loadForecast = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np3-565",
    title: "Load forecast of seven days by weather zone, the model in use: every hour",
    reportType: "14837",
    gives: "load-forecast",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np3-565", pollEverySeconds: 900, pollOffsetSeconds: 130 },
    polls: everySoOften,
    columns: COLUMNS,
    lookBackMinutes: 120,
    identity: () => "load-forecast",
    read: (document, contentHash, _point, report) => parseLoadForecastCsv(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
