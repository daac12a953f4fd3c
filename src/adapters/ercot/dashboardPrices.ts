import type { MarketFeed } from "../../ports/marketFeed.ts";
import { dashboardFeed } from "./dashboardFeed.ts";
import type { DashboardSettings } from "./dashboardFeed.ts";
import { dashboardPoint, parseDashboardPricesJson } from "./parseDashboardPrices.ts";

export interface DashboardPricesOptions extends DashboardSettings {
  /** One of the hubs and load zones of the dashboard. */
  readonly settlementPoint: string;
  readonly pollOffsetSeconds?: number;
}

/**
 * Settlement prices of a hub or load zone from ERCOT's dashboard `system-wide-prices.json`: the second route beside the
 * MIS report.
 * @throws PortDataError when the dashboard does not show the point.
 */
export function dashboardPrices(options: DashboardPricesOptions): MarketFeed {
  const { settlementPoint, pollOffsetSeconds = 40, ...rest } = options;
  const { type } = dashboardPoint(settlementPoint);
  return dashboardFeed({
    ...rest,
    pollOffsetSeconds,
    feedId: `settlement-price/${settlementPoint}/${type}/dashboard`,
    name: "system-wide-prices",
    parse: (document, contentHash) => parseDashboardPricesJson(document, contentHash, settlementPoint),
  });
}
