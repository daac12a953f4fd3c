import type { WatchedFeed } from "../../../activities/market.ts";
import { marketFact } from "../../domain/inputs/marketFacts.ts";
import type { Subscriber } from "../../domain/inputs/pollModel.ts";
import type { Book } from "./book.ts";
import { feedsOf } from "./feeds.ts";
import type { BudgetOf } from "./requestBudgets.ts";

/** A feed of a book: read once, told to every site that subscribes to it. */
export interface SharedFeed extends WatchedFeed {
  readonly subscribers: readonly Subscriber[];
  readonly retiredSiteIds: readonly string[];
}

/**
 * The feeds of these sites by their ids. Sites whose source and parameters are the same share one: each is told of its
 * silence by its own limit, what it says counts by the tightest of them, and it is polled as the first of them says. A
 * retired site is told nothing but corrections; a feed that only retired sites read goes on where it may correct a day.
 */
export function feedsOfBook(
  { deployments, retired = [] }: Pick<Book, "deployments" | "retired">,
  budgetOf?: BudgetOf,
): ReadonlyMap<string, SharedFeed> {
  const shared = new Map<string, SharedFeed>();
  for (const deployment of deployments) {
    const { siteId } = deployment.plan;
    const isRetired = retired.some((one) => one.siteId === siteId);
    for (const [feedId, watched] of feedsOf(deployment, budgetOf)) {
      const { silentAfterSeconds } = watched;
      const known = shared.get(feedId) ?? { ...watched, subscribers: [], retiredSiteIds: [] };
      const { subscribers, retiredSiteIds } = known;
      if (isRetired && watched.role === "record" && marketFact(watched.silentAs).corrects === true)
        shared.set(feedId, { ...known, retiredSiteIds: [...retiredSiteIds, siteId] });
      else if (isRetired) shared.set(feedId, known);
      else
        shared.set(feedId, {
          ...known,
          silentAfterSeconds: Math.min(known.silentAfterSeconds, silentAfterSeconds),
          subscribers: [...subscribers, { siteId, silentAfterSeconds }],
        });
    }
  }
  return new Map([...shared].map(([feedId, feed]) => [feedId, isNeeded(feed) ? feed : { ...feed, isOver: true }]));
}

function isNeeded({ subscribers, retiredSiteIds }: SharedFeed): boolean {
  return subscribers.length > 0 || retiredSiteIds.length > 0;
}
