import type { MarketFeed } from "../../ports/marketFeed.ts";
import { misFeed } from "./misFeed.ts";
import type { MisFeedSettings } from "./misFeed.ts";
import { parseScedLmpCsv } from "./parseScedLmp.ts";

export interface MisScedLmpOptions extends MisFeedSettings {
  /** `https://www.ercot.com` */
  readonly baseUrl: string;
  readonly settlementPoint: string;
  /** First look after each five-minute mark, 45 s, and from look to look until the run is there, 15 s. */
  readonly pollOffsetSeconds?: number;
  readonly pollRetrySeconds?: number;
}

/**
 * SCED LMPs of one settlement point from the MIS list (NP6-788, report type 12300): one document a SCED run, about 5
 * minutes.
 */
export function misScedLmp(options: MisScedLmpOptions): MarketFeed {
  const { settlementPoint, pollOffsetSeconds = 45, pollRetrySeconds = 15, ...rest } = options;
  return misFeed({
    ...rest,
    feedId: `sced-lmp/${settlementPoint}`,
    reportTypeId: 12300,
    schedule: {
      periodSeconds: 300,
      offsetSeconds: pollOffsetSeconds,
      retrySeconds: pollRetrySeconds,
      toleranceSeconds: 30,
    },
    parse: (document, contentHash) => parseScedLmpCsv(document, contentHash, settlementPoint),
  });
}
