import type { WatchedFeed } from "../../../activities/market.ts";
import { dashboardPrc } from "../../adapters/ercot/dashboardPrc.ts";
import { dashboardPrices } from "../../adapters/ercot/dashboardPrices.ts";
import { misPriceCorrections } from "../../adapters/ercot/misPriceCorrections.ts";
import { misScedLmp } from "../../adapters/ercot/misScedLmp.ts";
import { misSettlementPrices } from "../../adapters/ercot/misSettlementPrices.ts";
import { hashpriceConstant } from "../../adapters/hashprice/hashpriceConstant.ts";
import { hashpriceFile } from "../../adapters/hashprice/hashpriceFile.ts";
import type { DeployedFeed, Deployment } from "./deployment.ts";

/** Real milliseconds for one request to ERCOT. */
const TIMEOUT_MS = 10_000;
/** Settlement prices are published every quarter hour; an hour without one is silence. */
const SETTLEMENT_SILENT_SECONDS = 3_600;
/** Corrections may not come for months; a year without one is odd. */
const CORRECTIONS_SILENT_SECONDS = 366 * 86_400;

/** The feeds of a deployment by their ids, each with what its silence means. */
export function feedsOf(deployment: Deployment): ReadonlyMap<string, WatchedFeed> {
  const watched = deployment.feeds.flatMap((feed) => [watch(deployment, feed), ...correctionsOf(deployment, feed)]);
  return new Map(watched.map((one) => [one.feed.feedId, one]));
}

/** Where settlement prices are read, their corrections are read too. */
function correctionsOf({ plan }: Deployment, feed: DeployedFeed): WatchedFeed[] {
  if (feed.kind !== "mis-settlement-prices") return [];
  const { settlementPoint, settlementPointType } = plan;
  const { baseUrl, contact } = feed;
  return [
    {
      feed: misPriceCorrections({ baseUrl, contact, settlementPoint, settlementPointType, timeoutMs: TIMEOUT_MS }),
      silentAs: "settlement-price",
      silentAfterSeconds: CORRECTIONS_SILENT_SECONDS,
      role: "record",
    },
  ];
}

function watch({ plan }: Deployment, feed: DeployedFeed): WatchedFeed {
  const { settlementPoint, settlementPointType, staleness } = plan;
  switch (feed.kind) {
    case "mis-sced-lmp":
      return {
        feed: misScedLmp({ ...feed, settlementPoint, timeoutMs: TIMEOUT_MS }),
        silentAs: "sced-lmp",
        silentAfterSeconds: staleness.scedPriceSeconds,
        role: "record",
      };
    case "mis-settlement-prices":
      return {
        feed: misSettlementPrices({ ...feed, settlementPoint, settlementPointType, timeoutMs: TIMEOUT_MS }),
        silentAs: "settlement-price",
        silentAfterSeconds: SETTLEMENT_SILENT_SECONDS,
        role: "record",
      };
    case "dashboard-prc":
      return {
        feed: dashboardPrc({ ...feed, timeoutMs: TIMEOUT_MS }),
        silentAs: "grid-condition",
        silentAfterSeconds: staleness.gridConditionSeconds,
        role: "record",
        watchBelowMw: feed.watchBelowMw,
      };
    case "dashboard-prices":
      return {
        feed: dashboardPrices({ ...feed, settlementPoint, timeoutMs: TIMEOUT_MS }),
        silentAs: "settlement-price",
        silentAfterSeconds: SETTLEMENT_SILENT_SECONDS,
        role: "cross-check",
        checks: { settlementPoint, settlementPointType },
      };
    case "hashprice-constant":
      return {
        feed: hashpriceConstant(feed),
        silentAs: "hashprice",
        silentAfterSeconds: staleness.hashpriceSeconds,
        role: "record",
      };
    case "hashprice-file":
      return {
        feed: hashpriceFile(feed),
        silentAs: "hashprice",
        silentAfterSeconds: staleness.hashpriceSeconds,
        role: "record",
      };
  }
}
