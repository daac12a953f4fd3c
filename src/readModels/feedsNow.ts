import { silenceDecides } from "../domain/inputs/facts.ts";
import { isKnownBySource, isTold } from "../domain/inputs/marketFacts.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { FeedStanding, SiteStatusRows } from "../ports/siteRecords.ts";
import type { FeedView } from "./siteView.ts";

/** Who of a site's feeds speaks, and who does not. */
export interface FeedsNow {
  readonly silentFeeds: readonly string[];
  /** Ids of feeds that nobody has polled for longer than they may be silent: their worker is away. */
  readonly unpolledFeeds: readonly string[];
  /** Ids of feeds whose source did not answer the last poll, or was not polled yet. */
  readonly unansweredFeeds: readonly string[];
  readonly feeds: readonly (FeedStanding & { readonly ageSeconds?: number })[];
}

/** What the site takes for silent, and what has fallen silent, or is not polled, since its last decision. */
export function feedsNow(
  feeds: ReadonlyMap<string, FeedView>,
  rows: Pick<SiteStatusRows, "feeds" | "latest">,
  at: Instant,
): FeedsNow {
  const unpolled = unpolledFeeds(feeds, rows.feeds, at);
  return {
    silentFeeds: silentFeeds(feeds, rows, unpolled),
    unpolledFeeds: unpolled,
    unansweredFeeds: unansweredFeeds(feeds, rows.feeds),
    feeds: rows.feeds.map((feed) => ({ ...feed, ageSeconds: feed.lastSeenAt && secondsBetween(feed.lastSeenAt, at) })),
  };
}

/** Whoever does not poll tells of no silence either. */
function unpolledFeeds(
  feeds: ReadonlyMap<string, FeedView>,
  standings: readonly FeedStanding[],
  at: Instant,
): string[] {
  const isLate = ({ feedId, polledAt }: FeedStanding): boolean => {
    const limitSeconds = feeds.get(feedId)?.silentAfterSeconds;
    return limitSeconds !== undefined && secondsBetween(polledAt, at) > limitSeconds;
  };
  return standings
    .filter(isLate)
    .map(({ feedId }) => feedId)
    .sort();
}

function unansweredFeeds(feeds: ReadonlyMap<string, FeedView>, standings: readonly FeedStanding[]): string[] {
  const answering = standings.filter(
    ({ polledAt, answeredAt, waitsSince }) => answeredAt === polledAt || waitsSince !== undefined,
  );
  const ids = new Set(answering.map(({ feedId }) => feedId));
  return [...feeds.keys()].filter((feedId) => !ids.has(feedId)).toSorted();
}

function silentFeeds(
  feeds: ReadonlyMap<string, FeedView>,
  { latest, feeds: standings }: Pick<SiteStatusRows, "feeds" | "latest">,
  unpolled: readonly string[],
): string[] {
  const isSilent = ({ feedId, silent }: FeedStanding): boolean => silent || unpolled.includes(feedId);
  // A settlement price's silence decides nothing, so the last decision may still carry one that is over.
  const known = latest?.input.facts.silentFeeds.filter(silenceDecides) ?? [];
  const since = standings.filter(isSilent).flatMap(({ feedId }) => {
    const kind = feeds.get(feedId)?.silentAs;
    // no site rests on what is only kept
    if (kind === undefined || !isTold(kind)) return [];
    // one of several sources is silent for itself
    const speak = standings.some((other) => feeds.get(other.feedId)?.silentAs === kind && !isSilent(other));
    return [speak && isKnownBySource(kind) ? feedId : kind];
  });
  return [...new Set([...known, ...since])].sort();
}
