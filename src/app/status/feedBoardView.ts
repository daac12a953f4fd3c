import type { BoardFeed, UnreadFeed } from "../../readModels/feedBoard.ts";
import type { Deployment } from "../worker/deployment.ts";
import { feedIdOf, feedsRead } from "../worker/feeds.ts";
import { feedSource } from "../worker/registries.ts";

/** The feeds of these sites, each once, in the order of the first site that lists it; and those that a site lists and
 * does not read. Sites that share a feed are silent by limits of their own: the tightest counts. */
export function boardFeedsOf(deployments: readonly Deployment[]): {
  readonly feeds: readonly BoardFeed[];
  readonly notRead: readonly UnreadFeed[];
} {
  const shared = new Map<string, BoardFeed>();
  for (const deployment of deployments) {
    const { siteId, staleness } = deployment.plan;
    for (const feed of feedsRead(deployment)) {
      const feedId = feedIdOf(feed);
      const { use, title, source, alsoSources = [], role, daily, ...named } = feedSource(feed);
      const silentAfterSeconds = named.silentAfterSeconds(staleness, feed);
      const lateAfterSeconds = named.lateAfterSeconds ?? silentAfterSeconds;
      const known = shared.get(feedId);
      shared.set(feedId, {
        feedId,
        use,
        title,
        sources: [source, ...alsoSources],
        daily,
        isOfRecord: role !== "cross-check",
        siteIds: [...(known?.siteIds ?? []), siteId],
        silentAfterSeconds: Math.min(silentAfterSeconds, known?.silentAfterSeconds ?? silentAfterSeconds),
        lateAfterSeconds: Math.min(lateAfterSeconds, known?.lateAfterSeconds ?? lateAfterSeconds),
      });
    }
  }
  return { feeds: [...shared.values()], notRead: deployments.flatMap(unreadOf) };
}

function unreadOf({ plan, feeds }: Deployment): UnreadFeed[] {
  return feeds.flatMap((feed) => {
    const source = feedSource(feed);
    const why = source.notRead?.(plan);
    return why === undefined ? [] : [{ siteId: plan.siteId, use: source.use, why }];
  });
}
