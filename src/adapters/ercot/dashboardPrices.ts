import { PortDataError } from "../../ports/errors.ts";
import type { MarketFeed } from "../../ports/marketFeed.ts";
import { dashboardFeed } from "./dashboardFeed.ts";
import type { DashboardSettings } from "./dashboardFeed.ts";
import { dashboardPoint, parseDashboardPricesJson } from "./parseDashboardPrices.ts";

export interface DashboardPricesOptions extends DashboardSettings {
  readonly settlementPoint: string;
  readonly pollOffsetSeconds?: number;
}

/**
 * Settlement prices of a hub or load zone from ERCOT's dashboard `system-wide-prices.json`: the second route beside the
 * MIS report.
 * @throws PortDataError when the dashboard does not show the point: ask `noCrossCheck` first.
 */
export function dashboardPrices(options: DashboardPricesOptions): MarketFeed {
  const { settlementPoint, pollOffsetSeconds = 40, ...rest } = options;
  const point = dashboardPoint(settlementPoint);
  if (point === undefined) throw new PortDataError(noCrossCheck(settlementPoint));
  return dashboardFeed({
    ...rest,
    pollOffsetSeconds,
    feedId: `settlement-price/${settlementPoint}/${point.type}/dashboard`,
    name: "system-wide-prices",
    parse: (document, contentHash, report) => parseDashboardPricesJson(document, contentHash, settlementPoint, report),
  });
}

/** Why a point's settlement prices have no second route, for a person; undefined when they have one. */
export function noCrossCheck(settlementPoint: string): string | undefined {
  if (dashboardPoint(settlementPoint) !== undefined) return undefined;
  return (
    `settlement prices of ${settlementPoint} are not cross-checked: the dashboard system-wide-prices shows hubs and ` +
    `load zones only`
  );
}
