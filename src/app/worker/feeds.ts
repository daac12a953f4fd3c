import type { WatchedFeed } from "../../../activities/market.ts";
import { isKnownBySource, isTold } from "../../domain/inputs/marketFacts.ts";
import type { ListedSource } from "../../domain/inputs/siteFact.ts";
import type { FeedSite } from "../../ports/feedSource.ts";
import type { BudgetOf } from "./requestBudgets.ts";
import type { Deployment } from "./deployment.ts";
import { type DeployedFeed, feedSource } from "./registries.ts";

/**
 * The feeds of a deployment by their ids, each with what its silence means. `budgetOf`: of requests to an address,
 * where they are counted.
 */
export function feedsOf(deployment: Deployment, budgetOf?: BudgetOf): ReadonlyMap<string, WatchedFeed> {
  return new Map(feedsRead(deployment).map((feed) => [feedIdOf(feed), watched(deployment, feed, budgetOf)]));
}

/** Feeds that are listed and that the site reads. */
export function feedsRead({ feeds, plan }: Pick<Deployment, "feeds" | "plan">): DeployedFeed[] {
  return feeds.filter((feed) => feedSource(feed).notRead?.(plan) === undefined);
}

/**
 * The feeds of each kind of fact that a site knows by source, in the order of their ids, each with its own age limit.
 */
export function factSources(
  listed: readonly DeployedFeed[],
  site: FeedSite,
): Readonly<Record<string, readonly ListedSource[]>> | undefined {
  const read = listed.flatMap((feed) => {
    const source = feedSource(feed);
    const isBySource = source.role === "record" && isKnownBySource(source.gives);
    if (!isBySource || source.notRead?.(site) !== undefined) return [];
    const silentAfterSeconds = source.silentAfterSeconds(site.staleness, feed);
    return [{ kind: source.gives, listed: { source: feedIdOf(feed), silentAfterSeconds } }];
  });
  if (read.length === 0) return undefined;
  const kinds = [...new Set(read.map(({ kind }) => kind))];
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      read
        .filter((one) => one.kind === kind)
        .map((one) => one.listed)
        .toSorted((a, b) => (a.source < b.source ? -1 : 1)),
    ]),
  );
}

/** Id of a feed: two sites share it exactly when both can be told of the same publications. */
export function feedIdOf(feed: DeployedFeed): string {
  return feedSource(feed).identity(feed);
}

/** Feeds that are listed and that a site does not read, each with why, for a person. */
export function feedsNotRead({ feeds, plan }: Pick<Deployment, "feeds" | "plan">): string[] {
  return feeds.flatMap((feed) => feedSource(feed).notRead?.(plan) ?? []);
}

function watched({ plan, watchBelowMw }: Deployment, feed: DeployedFeed, budgetOf?: BudgetOf): WatchedFeed {
  const { settlementPoint, settlementPointType, staleness } = plan;
  const source = feedSource(feed);
  return {
    feed: source.open(feed, "baseUrl" in feed ? budgetOf?.(feed.baseUrl) : undefined),
    silentAs: source.gives,
    silentAfterSeconds: source.silentAfterSeconds(staleness, feed),
    ...(source.role === "cross-check"
      ? { role: "cross-check", checks: { settlementPoint, settlementPointType } }
      : { role: isTold(source.gives) ? "record" : "kept" }),
    watchBelowMw,
    ...("prcFall" in feed ? { prcFall: feed.prcFall } : {}),
  };
}
