import type { WatchedFeed } from "../../../activities/market.ts";
import type { Deployment } from "./deployment.ts";
import { feedsOf } from "./feeds.ts";

/** A feed of a book: read once, told to every site that subscribes to it. */
export interface SharedFeed {
  readonly watched: WatchedFeed;
  readonly siteIds: readonly string[];
}

/**
 * The feeds of these sites by their ids. Sites whose source and parameters are the same share one; how it is polled is
 * as the first of them says.
 */
export function feedsOfBook(deployments: readonly Deployment[]): ReadonlyMap<string, SharedFeed> {
  const shared = new Map<string, SharedFeed>();
  for (const deployment of deployments)
    for (const [feedId, watched] of feedsOf(deployment)) {
      const known = shared.get(feedId) ?? { watched, siteIds: [] };
      shared.set(feedId, { ...known, siteIds: [...known.siteIds, deployment.plan.siteId] });
    }
  return shared;
}
