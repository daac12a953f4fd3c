import { z } from "zod";
import type { MarketObservation } from "../../../domain/inputs/marketFacts.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import type { Instant } from "../../../domain/units/instant.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { correctedLmp, correctedScedMcpc, correctedSettlementMcpc, correctedSpp } from "./correctedRows.ts";
import { spanOfMoments } from "../apiRoute.ts";
import { type CorrectionKind, correctionKind } from "../correctionKind.ts";
import { documentColumns } from "../reportDocument.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const READERS = {
  capacity: correctedSettlementMcpc,
  "capacity by run": correctedScedMcpc,
  point: correctedSpp,
  "point by run": correctedLmp,
} satisfies Readonly<Record<CorrectionKind, unknown>>;

/**
 * Corrected prices in a stored NP4-197-M document, a zip with one CSV or a page of the Public API, quality CORRECTED:
 * by its columns settlement prices or SCED LMPs of one point, none when it corrects others; or clearing prices for
 * capacity of quarter hours or SCED runs. A row that cannot be read, and a price with two corrections, is left out and
 * told to `report`. Pure.
 * @throws PortDataError for a damaged document, a missing column, or when no row can be read.
 */
export function parsePriceCorrectionsCsv(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
  report?: Report,
): readonly MarketObservation[] {
  const columns = documentColumns(document, `${document.source} document ${document.documentId}`);
  return READERS[correctionKind(columns)](document, contentHash, wanted, report);
}

/** Corrections may not come for months; a year without one is odd. */
const SILENT_SECONDS = 366 * 86_400;

/** The Public API is asked once MIS has been away for so long. */
const MIS_AWAY_SECONDS = 7_200;

const correctedIn = (from: Instant, until: Instant): Readonly<Record<string, string>> =>
  spanOfMoments("priceCorrectionTime", from, until);

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-197-m"), ...regularSettings })
  .meta({ description: "Corrections of real-time prices, MIS report type 13045" });

/**
 * ERCOT's corrections of real-time prices from the MIS list (NP4-197-M, report type 13045): of settlement prices and
 * SCED LMPs of one point, and of clearing prices for capacity. The report also holds corrections of other prices; a
 * document's name says of which. A corrected price is the next version of its own. They come hours to weeks after the
 * day: ten minutes are soon enough.
 */
export const priceCorrections = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-197-m",
    title: "Corrections of real-time prices, hours to weeks after the day: settlement prices, SCED LMPs, MCPC",
    reportType: "13045",
    gives: "settlement-price",
    alsoGives: ["settlement-mcpc", "sced-mcpc", "sced-lmp"],
    role: "corrections",
    isOptional: false,
    usual: { use: "ercot/np4-197-m", pollEverySeconds: 600, pollOffsetSeconds: 30 },
    polls: everySoOften,
    columns: correctedSpp.columns,
    documentKind: correctionKind,
    accepts: (friendlyName) => /RTM_(SPP|SPLMP|MCPC_SCED|MCPC_SPP)/i.test(friendlyName),
    api: {
      emilId: "np4-197-m",
      endpoints: [
        {
          name: "rtm_price_corrections_spp",
          query: ({ settlementPoint, settlementPointType }, from, until) => ({
            ...correctedIn(from, until),
            settlementPointName: settlementPoint,
            settlementPointType,
          }),
        },
        {
          name: "rtm_price_corrections_splmp",
          query: ({ settlementPoint }, from, until) => ({
            ...correctedIn(from, until),
            settlementPointName: settlementPoint,
          }),
        },
        { name: "rtm_price_corrections_mcpc_sced", query: (_point, from, until) => correctedIn(from, until) },
        { name: "rtm_price_corrections_mcpc_spp", query: (_point, from, until) => correctedIn(from, until) },
      ],
      postedWithinSeconds: 86_400,
      lateAfterSeconds: MIS_AWAY_SECONDS,
      isSeldom: true,
    },
    identity: ({ settlementPoint, settlementPointType }) =>
      `price-corrections/${settlementPoint}/${settlementPointType}`,
    read: parsePriceCorrectionsCsv,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
