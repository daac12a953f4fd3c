import { z } from "zod";
import type { ScedMcpcObservation } from "../../../domain/inputs/scedMcpc.ts";
import { operatingDayOf } from "../../../domain/market/calendar.ts";
import { normalizeProduct } from "../../../domain/market/capacityProducts.ts";
import { normalizePrice } from "../../../domain/market/normalizeField.ts";
import { normalizeScedRun } from "../../../domain/market/normalizeScedRun.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { capacityPrices, PRODUCT_COLUMN } from "../capacityRows.ts";
import { atRow, type ReportRow } from "../reportCsv.ts";
import { documentRows } from "../reportDocument.ts";
import { rowByRow } from "../rowByRow.ts";
import { spanOfMoments } from "../apiRoute.ts";
import { misReport } from "./ercotReport.ts";
import { atMarks, markSettings } from "./polls.ts";

const COLUMNS = {
  scedTimestamp: ["SCEDTimestamp"],
  repeatedHour: ["RepeatedHourFlag", "RepeatHourFlag", "DSTFlag"],
  product: PRODUCT_COLUMN,
  price: ["CappedMCPC", "MCPC"],
};
const SPLIT = { uncapped: ["UncappedMCPC"] };
type Row = ReportRow<keyof typeof COLUMNS, keyof typeof SPLIT>;

/**
 * Clearing prices for capacity of the SCED runs in a stored NP6-332 document, a zip with one CSV or a page of the
 * Public API. Where it has a capped and an uncapped price the capped one is the price, and the other stands beside it.
 * An uncapped price that cannot be read, or is there twice otherwise, is left out and told to `report`; a capped one
 * above it is told. Pure.
 * @throws PortDataError for a damaged document, a missing column, a bad row, a service that is not known or lacks in a
 * run, and two prices of one.
 */
export function parseScedMcpcCsv(
  document: RawDocument,
  contentHash: string,
  _wanted?: SettlementPoint,
  report?: Report,
): ScedMcpcObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { source, documentId, fetchedAt, publishedAt } = document;
  const head = {
    source,
    documentId,
    contentHash,
    fetchedAt,
    publishedAt,
    quality: "PUBLISHED",
  } as const;
  const { rows } = documentRows(document, COLUMNS, "", where, SPLIT);
  const capped = rows.map(({ line, fields }) =>
    atRow(where, line, () => {
      const scedAt = normalizeScedRun(fields, document);
      const priceUsdPerMwHour = normalizePrice("MCPC", fields.price);
      const { product } = fields;
      return { line, product, about: scedAt, key: scedAt, operatingDay: operatingDayOf(scedAt), priceUsdPerMwHour };
    }),
  );
  const kind = "sced-mcpc" as const;
  const prices = capacityPrices(capped, where).map(
    ({ about: scedAt, product, priceUsdPerMwHour }): ScedMcpcObservation => ({
      ...head,
      kind,
      scedAt,
      product,
      priceUsdPerMwHour,
    }),
  );
  const uncapped = uncappedPrices(rows, document, where, report);
  const above = rows.find(({ line, fields }) => Number(fields.price) > Number(uncapped.get(line)?.priceUsdPerMwHour));
  if (above !== undefined)
    report?.(`${where}: line ${above.line}: the capped price of ${above.fields.product} is above the uncapped one`);
  return [
    ...prices,
    ...[...uncapped.values()].map(({ scedAt, product, priceUsdPerMwHour }) => ({
      ...head,
      kind,
      scedAt,
      product,
      priceUsdPerMwHour,
      isUncapped: true as const,
    })),
  ];
}

/** The uncapped prices that can be read, by line. They stand beside the price, so a bad one costs no other. */
function uncappedPrices(
  rows: readonly Row[],
  document: RawDocument,
  where: string,
  report?: Report,
): ReadonlyMap<number, Pick<ScedMcpcObservation, "scedAt" | "product" | "priceUsdPerMwHour">> {
  const split = rows.filter(({ fields }) => fields.uncapped !== undefined);
  const read = ({ uncapped, ...fields }: Row["fields"]) => {
    const scedAt = normalizeScedRun(fields, document);
    const product = normalizeProduct("ASType", fields.product, operatingDayOf(scedAt));
    const priceUsdPerMwHour = normalizePrice("UncappedMCPC", uncapped);
    return { place: `${scedAt} ${product} uncapped`, values: [priceUsdPerMwHour], scedAt, product, priceUsdPerMwHour };
  };
  try {
    const lines = new Map(split.map(({ line, fields }) => [fields, line]));
    return new Map(
      rowByRow(split, (fields) => ({ ...read(fields), line: lines.get(fields) as number }), where, report).map(
        (one) => [one.line, one],
      ),
    );
  } catch (error) {
    if (!(error instanceof PortDataError)) throw error;
    report?.(error.message);
    return new Map();
  }
}

const fragment = z
  .strictObject({ use: z.literal("ercot/np6-332"), ...markSettings })
  .meta({ description: "Clearing prices for capacity by SCED run, MIS report type 24891, marks every 5 minutes" });

/** A run that is not there ten minutes after the one before is overdue. */
const LATE_SECONDS = 600;

/** Clearing prices for capacity from the MIS list (NP6-332, report type 24891): one document a SCED run. */
export const scedMcpc = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np6-332",
    title: "Real-time clearing prices for capacity (MCPC): five a SCED run",
    reportType: "24891",
    gives: "sced-mcpc",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/np6-332", pollOffsetSeconds: 75, pollRetrySeconds: 60 },
    polls: atMarks({ periodSeconds: 300, toleranceSeconds: 30 }),
    columns: COLUMNS,
    api: {
      emilId: "np6-332-cd",
      endpoints: [
        {
          name: "rt_clear_price_cap_sced",
          query: (_point, from, until) => spanOfMoments("SCEDTimestamp", from, until),
        },
      ],
      postedWithinSeconds: 3_600,
      lateAfterSeconds: LATE_SECONDS,
    },
    lateAfterSeconds: LATE_SECONDS,
    identity: () => "sced-mcpc",
    read: parseScedMcpcCsv,
    silentAfterSeconds: ({ scedPriceSeconds }) => Math.max(scedPriceSeconds, SILENT_SECONDS_MIN),
  }),
};

/** What rides along may be as late as an hour before somebody should look. */
const SILENT_SECONDS_MIN = 3_600;
