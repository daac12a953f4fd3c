import type { WatchedFeed } from "../../../activities/market.ts";
import type { Subscriber } from "../../domain/inputs/pollModel.ts";
import type { Deployment } from "./deployment.ts";
import { feedsOf } from "./feeds.ts";

/** A feed of a book: read once, told to every site that subscribes to it. */
export interface SharedFeed extends WatchedFeed {
  readonly subscribers: readonly Subscriber[];
}

/**
 * The feeds of these sites by their ids. Sites whose source and parameters are the same share one: each is told of its
 * silence by its own limit, what it says counts by the tightest of them, and it is polled as the first of them says.
 */
export function feedsOfBook(deployments: readonly Deployment[]): ReadonlyMap<string, SharedFeed> {
  const shared = new Map<string, SharedFeed>();
  for (const deployment of deployments) {
    const { siteId } = deployment.plan;
    for (const [feedId, watched] of feedsOf(deployment)) {
      const { silentAfterSeconds } = watched;
      const known = shared.get(feedId) ?? { ...watched, subscribers: [] };
      shared.set(feedId, {
        ...known,
        silentAfterSeconds: Math.min(known.silentAfterSeconds, silentAfterSeconds),
        subscribers: [...known.subscribers, { siteId, silentAfterSeconds }],
      });
    }
  }
  return shared;
}
