import type { MarketFeed } from "../../ports/marketFeed.ts";
import { dashboardFeed } from "./dashboardFeed.ts";
import type { DashboardSettings } from "./dashboardFeed.ts";
import { parseGridConditionJson } from "./parseGridCondition.ts";

/** Grid condition and physical responsive capability from ERCOT's dashboard `daily-prc.json`, every minute. */
export function dashboardPrc(options: DashboardSettings & { readonly pollOffsetSeconds?: number }): MarketFeed {
  const { pollOffsetSeconds = 20, ...rest } = options;
  return dashboardFeed({
    ...rest,
    pollOffsetSeconds,
    feedId: "grid-condition",
    name: "daily-prc",
    parse: parseGridConditionJson,
  });
}
