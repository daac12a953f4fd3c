import { centralWall, operatingDayOf } from "../domain/market/calendar.ts";
import type { FeedSource } from "../ports/feedSource.ts";
import { isSilent } from "../domain/inputs/isSilent.ts";
import type { DocumentMark, FailingPolls } from "../domain/inputs/feedState.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { FeedRecords, FeedRow, SchemaChange } from "../ports/feedRecords.ts";
import type { MarketClock } from "../ports/marketClock.ts";

/** A feed of a book as its configuration has it. */
export interface BoardFeed {
  readonly feedId: string;
  readonly use: string;
  readonly title: string;
  /** Sources of its documents, by route. */
  readonly sources: readonly string[];
  /** Whether decisions or settlements rest on it. */
  readonly isOfRecord: boolean;
  readonly siteIds: readonly string[];
  /** Age of what it said last, market seconds, at which its next word is overdue. */
  readonly lateAfterSeconds: number;
  /** Of one with a document a day: from when until when it is published, Central wall time. */
  readonly daily?: FeedSource["daily"];
  /** Age at which it is silent. */
  readonly silentAfterSeconds: number;
}

/** A feed that is listed and that a site does not read. */
export interface UnreadFeed {
  readonly siteId: string;
  readonly use: string;
  readonly why: string;
}

/**
 * `waiting`: today's document is not there, and not due yet.
 * `failing`: it does not answer, or not with what can be read. `silent`, `late`: it answers, and says nothing new.
 * `unpolled`: nobody asks it.
 */
export type FeedWordNow = "fresh" | "waiting" | "late" | "silent" | "failing" | "unpolled";

/** A feed at one market instant. What has not happened yet is absent. */
export interface FeedNow {
  readonly feedId: string;
  readonly use: string;
  readonly title: string;
  readonly isOfRecord: boolean;
  readonly siteIds: readonly string[];
  readonly state: FeedWordNow;
  /** What it said last is older than its limit: also of one that fails or is not polled. */
  readonly isSilent: boolean;
  /** Newest moment that it has spoken of, by its own stamp. */
  readonly saidAt?: Instant;
  readonly ageSeconds?: number;
  readonly lastDocument?: DocumentMark;
  readonly failing?: FailingPolls;
  /** Of a source with several routes: how each stands. */
  readonly routes?: FeedRow["routes"];
  /** Of one with a document a day: from when until when it is published, Central wall time. */
  readonly daily?: FeedSource["daily"];
  readonly polledAt?: Instant;
  readonly answeredAt?: Instant;
  readonly nextPollAt?: Instant;
  /** Every change of the columns of its documents, oldest first. */
  readonly schemaChanges: readonly SchemaChange[];
}

/** All feeds of a book at one market instant, as `ballast feeds --json` prints them. */
export interface FeedBoard {
  readonly at: Instant;
  readonly feeds: readonly FeedNow[];
  readonly notRead: readonly UnreadFeed[];
  /** Ids of feeds of record that are silent: what rests on them goes by its site's `onSilence`. */
  readonly silentOfRecord: readonly string[];
}

/** Later than its appointment by more than a request, its time-outs and a busy worker explain, market seconds. */
const UNPOLLED_AFTER_SECONDS = 120;

/** Reads how the feeds of a book stand at market time now. @throws PortUnavailableError when the records are away. */
export async function readFeedBoard(
  records: FeedRecords,
  { feeds, notRead }: { readonly feeds: readonly BoardFeed[]; readonly notRead: readonly UnreadFeed[] },
  clock: Pick<MarketClock, "now">,
): Promise<FeedBoard> {
  const rows = await records.feeds(feeds.map(({ feedId }) => feedId));
  const changes = await records.schemaChanges([...new Set(feeds.flatMap(({ sources }) => sources))]);
  return feedBoard(feeds, notRead, rows, changes, await clock.now());
}

/** The feeds of a book with what the records say of them, in the order of the configuration. */
export function feedBoard(
  feeds: readonly BoardFeed[],
  notRead: readonly UnreadFeed[],
  rows: readonly FeedRow[],
  changes: readonly SchemaChange[],
  at: Instant,
): FeedBoard {
  const byId = new Map(rows.map((row) => [row.feedId, row]));
  const shown = feeds.map((feed) => feedNow(feed, byId.get(feed.feedId), changes, at));
  return {
    at,
    feeds: shown,
    notRead,
    silentOfRecord: shown.filter((feed) => feed.isOfRecord && feed.isSilent).map(({ feedId }) => feedId),
  };
}

function feedNow(feed: BoardFeed, row: FeedRow | undefined, changes: readonly SchemaChange[], at: Instant): FeedNow {
  const { feedId, use, title, isOfRecord, siteIds, sources, silentAfterSeconds } = feed;
  const { saidAt, lastDocument, failing, polledAt, answeredAt, nextPollAt } = row ?? {};
  const spokeAt = saidAt ?? row?.watchedSince;
  const silent = spokeAt === undefined || isSilent(spokeAt, at, silentAfterSeconds);
  return {
    feedId,
    use,
    title,
    isOfRecord,
    siteIds,
    state: stateOf(feed, row, silent, at),
    isSilent: silent,
    saidAt,
    ageSeconds: saidAt && secondsBetween(saidAt, at),
    lastDocument,
    failing,
    routes: row?.routes,
    daily: feed.daily,
    polledAt,
    answeredAt,
    nextPollAt,
    schemaChanges: changes.filter(({ source }) => sources.includes(source)),
  };
}

/** A dead route is told before a late one: who does not answer cannot be late. */
function stateOf(feed: BoardFeed, row: FeedRow | undefined, silent: boolean, at: Instant): FeedWordNow {
  if (row === undefined || isUnpolled(row, at)) return "unpolled";
  if (row.failing !== undefined) return "failing";
  if (silent) return "silent";
  if (feed.daily !== undefined) return dailyWord(feed.daily, row.lastDocument, at);
  const spokeAt = row.saidAt ?? row.watchedSince;
  return spokeAt !== undefined && isSilent(spokeAt, at, feed.lateAfterSeconds) ? "late" : "fresh";
}

/** Of a report with a document a day: today's is there, is not due yet, or is overdue. */
function dailyWord(
  { until }: NonNullable<FeedSource["daily"]>,
  last: DocumentMark | undefined,
  at: Instant,
): FeedWordNow {
  const today = operatingDayOf(at);
  if (last !== undefined && operatingDayOf(last.publishedAt ?? last.fetchedAt) === today) return "fresh";
  return centralWall(at).time < until ? "waiting" : "late";
}

function isUnpolled({ polledAt, nextPollAt = polledAt }: FeedRow, at: Instant): boolean {
  return secondsBetween(nextPollAt, at) > UNPOLLED_AFTER_SECONDS;
}
