import type { MarketFeed } from "../../ports/marketFeed.ts";
import { misFeed } from "./misFeed.ts";
import type { MisFeedSettings } from "./misFeed.ts";
import { parsePriceCorrectionsCsv } from "./parsePriceCorrections.ts";
import type { PricePoint } from "./parseSettlementPrices.ts";
import { nextRegularPollAt } from "./pollSchedule.ts";

/** Corrections come hours to weeks after the day: ten minutes are soon enough. */
const POLL_EVERY_SECONDS = 600;
const POLL_OFFSET_SECONDS = 30;

/**
 * ERCOT's corrections of settlement point prices of one point and type from the MIS list (NP4-197-M, report type
 * 13045). The report also holds corrections of other prices; documents of settlement point prices carry RTM_SPP in
 * their name. A corrected price is the next version of its interval's.
 */
export function misPriceCorrections(options: MisFeedSettings & PricePoint & { readonly baseUrl: string }): MarketFeed {
  const { baseUrl, settlementPoint, settlementPointType, ...rest } = options;
  const point = { settlementPoint, settlementPointType };
  return misFeed({
    ...rest,
    baseUrl,
    feedId: `price-corrections/${settlementPoint}/${settlementPointType}`,
    reportTypeId: 13045,
    accepts: (friendlyName) => /RTM_SPP/i.test(friendlyName),
    nextPollAt: (at) => nextRegularPollAt(POLL_EVERY_SECONDS, POLL_OFFSET_SECONDS, at),
    parse: (document, contentHash, report) => parsePriceCorrectionsCsv(document, contentHash, point, report),
  });
}
