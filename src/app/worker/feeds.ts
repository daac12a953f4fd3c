import type { WatchedFeed } from "../../../activities/market.ts";
import type { Deployment } from "./deployment.ts";
import { type DeployedFeed, feedSource } from "./registries.ts";

/** The feeds of a deployment by their ids, each with what its silence means. */
export function feedsOf(deployment: Deployment): ReadonlyMap<string, WatchedFeed> {
  return new Map(feedsRead(deployment).map((feed) => [feedIdOf(feed), watched(deployment, feed)]));
}

/** Feeds that are listed and that the site reads. */
export function feedsRead({ feeds, plan }: Pick<Deployment, "feeds" | "plan">): DeployedFeed[] {
  return feeds.filter((feed) => feedSource(feed).notRead?.(plan) === undefined);
}

/** Id of a feed: two sites share it exactly when both can be told of the same publications. */
export function feedIdOf(feed: DeployedFeed): string {
  return feedSource(feed).identity(feed);
}

/** Feeds that are listed and that a site does not read, each with why, for a person. */
export function feedsNotRead({ feeds, plan }: Pick<Deployment, "feeds" | "plan">): string[] {
  return feeds.flatMap((feed) => feedSource(feed).notRead?.(plan) ?? []);
}

function watched({ plan, watchBelowMw }: Deployment, feed: DeployedFeed): WatchedFeed {
  const { settlementPoint, settlementPointType, staleness } = plan;
  const source = feedSource(feed);
  return {
    feed: source.open(feed),
    silentAs: source.gives,
    silentAfterSeconds: source.silentAfterSeconds(staleness),
    ...(source.role === "cross-check"
      ? { role: "cross-check", checks: { settlementPoint, settlementPointType } }
      : { role: "record" }),
    watchBelowMw,
  };
}
