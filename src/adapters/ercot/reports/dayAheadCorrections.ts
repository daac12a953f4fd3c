import { z } from "zod";
import type { MarketObservation } from "../../../domain/inputs/marketFacts.ts";
import { dayEnd, operatingDayOf } from "../../../domain/market/calendar.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import { addSeconds } from "../../../domain/units/instant.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { spanOfDays, spanOfMoments } from "../apiRoute.ts";
import { correctionKind } from "../correctionKind.ts";
import { documentColumns } from "../reportDocument.ts";
import { correctedDayAheadMcpc, correctedDayAheadSpp } from "./correctedRows.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/**
 * Corrected prices in a stored NP4-196-M document, a zip with one CSV or a page of the Public API, quality CORRECTED:
 * by its columns day-ahead clearing prices for capacity, or settlement point prices of one point, none when it corrects
 * others. A row that cannot be read, and a price with two corrections, is left out and told to `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or when no row can be read.
 */
export function parseDayAheadCorrectionsCsv(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
  report?: Report,
): readonly MarketObservation[] {
  const columns = documentColumns(document, `${document.source} document ${document.documentId}`);
  return correctionKind(columns) === "capacity"
    ? correctedDayAheadMcpc(document, contentHash, wanted, report)
    : correctedDayAheadSpp(document, contentHash, wanted, report);
}

/** Corrections may not come for months; a year without one is odd. */
const SILENT_SECONDS = 366 * 86_400;

/** The Public API is asked once MIS has been away for so long. */
const MIS_AWAY_SECONDS = 7_200;
/** A day-ahead price is corrected within so long. */
const CORRECTED_SECONDS = 10 * 86_400;

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-196-m"), ...regularSettings })
  .meta({ description: "Corrections of day-ahead prices, MIS report type 13044" });

/**
 * ERCOT's corrections of day-ahead prices from the MIS list (NP4-196-M, report type 13044): of clearing prices for
 * capacity and of settlement point prices of one point; a document's name says of which. A corrected price is the next
 * version of its hour's.
 */
export const dayAheadCorrections = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-196-m",
    title: "Corrections of day-ahead prices: clearing prices for capacity (MCPC), prices of the site's point",
    reportType: "13044",
    gives: "day-ahead-mcpc",
    alsoGives: ["day-ahead-price"],
    role: "corrections",
    isOptional: true,
    usual: { use: "ercot/np4-196-m", pollEverySeconds: 600, pollOffsetSeconds: 35 },
    polls: everySoOften,
    columns: correctedDayAheadMcpc.columns,
    documentKind: correctionKind,
    accepts: (friendlyName) => /DAM_(MCPC|SPP)/i.test(friendlyName),
    api: {
      emilId: "np4-196-m",
      endpoints: [
        {
          name: "dam_price_corrections_mcpc",
          query: (_point, from, until) => spanOfMoments("priceCorrectionTime", from, until),
        },
        {
          // its priceCorrectionTime is typed TIME: it names no day
          name: "dam_price_corrections_spp",
          query: ({ settlementPoint }, from, until) => ({
            ...spanOfDays("deliveryDate", addSeconds(from, -CORRECTED_SECONDS), dayEnd(operatingDayOf(until))),
            settlementPoint,
          }),
        },
      ],
      postedWithinSeconds: 86_400,
      lateAfterSeconds: MIS_AWAY_SECONDS,
      isSeldom: true,
    },
    identity: ({ settlementPoint }) => `day-ahead-corrections/${settlementPoint}`,
    read: parseDayAheadCorrectionsCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
