import type { MarketFeed } from "../../ports/marketFeed.ts";
import { misFeed } from "./misFeed.ts";
import type { MisFeedSettings } from "./misFeed.ts";
import { parseScedLmpCsv } from "./parseScedLmp.ts";
import { nextMarkPollAt } from "./pollSchedule.ts";

export interface MisScedLmpOptions extends MisFeedSettings {
  /** `https://www.ercot.com` */
  readonly baseUrl: string;
  readonly settlementPoint: string;
  /** First look after each five-minute mark, 45 s, and from look to look until the run is there, 15 s. */
  readonly pollOffsetSeconds?: number;
  readonly pollRetrySeconds?: number;
}

/**
 * ERCOT runs SCED off the five-minute mark when the grid moves fast, which is when prices jump: 1,596 runs in 2024.
 * They are looked for every minute: seven to eight requests for the list in five minutes, where three are needed for
 * the runs on the mark. ERCOT states no limit for MIS lists.
 */
const EXTRA_RUN_SECONDS = 60;

/**
 * SCED LMPs of one settlement point from the MIS list (NP6-788, report type 12300): one document a SCED run, about 5
 * minutes; a run off the mark is found within a minute of its publication.
 */
export function misScedLmp(options: MisScedLmpOptions): MarketFeed {
  const { settlementPoint, pollOffsetSeconds = 45, pollRetrySeconds = 15, ...rest } = options;
  const schedule = {
    periodSeconds: 300,
    offsetSeconds: pollOffsetSeconds,
    retrySeconds: pollRetrySeconds,
    toleranceSeconds: 30,
    extraSeconds: EXTRA_RUN_SECONDS,
  };
  return misFeed({
    ...rest,
    feedId: `sced-lmp/${settlementPoint}`,
    reportTypeId: 12300,
    nextPollAt: (at, newestAboutAt, found) => nextMarkPollAt(schedule, at, newestAboutAt, found),
    parse: (document, contentHash) => parseScedLmpCsv(document, contentHash, settlementPoint),
  });
}
