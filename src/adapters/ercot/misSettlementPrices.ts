import type { MarketFeed } from "../../ports/marketFeed.ts";
import { misFeed } from "./misFeed.ts";
import type { MisFeedSettings } from "./misFeed.ts";
import { parseSettlementPriceCsv } from "./parseSettlementPrices.ts";
import { nextMarkPollAt } from "./pollSchedule.ts";

export interface MisSettlementPricesOptions extends MisFeedSettings {
  /** `https://www.ercot.com` */
  readonly baseUrl: string;
  readonly settlementPoint: string;
  /** `HU`, `LZ`, `LZEW`, `RN` ...: LZ and LZEW share their names. */
  readonly settlementPointType: string;
  /** First look after each quarter hour, 120 s, and from look to look until the interval is there, 20 s. */
  readonly pollOffsetSeconds?: number;
  readonly pollRetrySeconds?: number;
}

/**
 * Settlement point prices of one point and type from the MIS list (NP6-905, report type 12301): one document a quarter
 * hour, named after the interval's end. A later document for the same interval is a new version of its price.
 */
export function misSettlementPrices(options: MisSettlementPricesOptions): MarketFeed {
  const { settlementPoint, settlementPointType, pollOffsetSeconds = 120, pollRetrySeconds = 20, ...rest } = options;
  const schedule = {
    periodSeconds: 900,
    offsetSeconds: pollOffsetSeconds,
    retrySeconds: pollRetrySeconds,
    toleranceSeconds: 0,
  };
  return misFeed({
    ...rest,
    feedId: `settlement-price/${settlementPoint}/${settlementPointType}`,
    reportTypeId: 12301,
    nextPollAt: (at, newestAboutAt, found) => nextMarkPollAt(schedule, at, newestAboutAt, found),
    parse: (document, contentHash) =>
      parseSettlementPriceCsv(document, contentHash, { settlementPoint, settlementPointType }),
  });
}
