import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { parseDashboardPricesJson } from "./parseDashboardPrices.ts";
import { parseGridConditionJson } from "./parseGridCondition.ts";
import { parsePriceCorrectionsCsv } from "./parsePriceCorrections.ts";
import { parseScedLmpCsv } from "./parseScedLmp.ts";
import { parseSettlementPriceCsv } from "./parseSettlementPrices.ts";
import type { PricePoint } from "./parseSettlementPrices.ts";

/**
 * Observations of any stored ERCOT document, by its `source`: what the feeds read when it arrived. Pure, no network.
 * @throws PortDataError for a source that is none of ERCOT's here, or as the parser of that report.
 */
export function parseErcotDocument(
  document: RawDocument,
  contentHash: string,
  point: PricePoint,
): readonly MarketObservation[] {
  switch (document.source) {
    case "mis/12300":
      return parseScedLmpCsv(document, contentHash, point.settlementPoint);
    case "mis/12301":
      return parseSettlementPriceCsv(document, contentHash, point);
    case "mis/13045":
      return parsePriceCorrectionsCsv(document, contentHash, point);
    case "dashboard/daily-prc":
      return parseGridConditionJson(document, contentHash);
    case "dashboard/system-wide-prices":
      return parseDashboardPricesJson(document, contentHash, point.settlementPoint);
    default:
      throw new PortDataError(
        `document ${document.documentId}: expected source mis/12300, mis/12301, mis/13045, dashboard/daily-prc or ` +
          `dashboard/system-wide-prices, found ${document.source}`,
      );
  }
}
