import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import pLimit from "p-limit";
import { isTold } from "../../domain/inputs/marketFacts.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { RealClock } from "../../domain/units/marketTime.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { WatchedFeed } from "../../../activities/market.ts";
import { type FeedWatchdog, type WatchFeedInput, workflowIds } from "../../../workflows/contracts.ts";
import type { watchFeed } from "../../../workflows/index.ts";
import { type Book, inService, reachedSites } from "../worker/book.ts";
import { feedsOfBook, type SharedFeed } from "../worker/bookFeeds.ts";
import type { ClockSettings } from "../worker/wire.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";

/** What the Temporal server is asked about the sites of a book at a time, when the book starts. */
export const ASKED_AT_ONCE = 16;

/** A workflow that reads something for sites of a book: a feed that they share, or the meters of one. */
interface Watch extends Pick<WatchFeedInput, "feedId" | "kind" | "siteIds"> {
  readonly workflowId: string;
  readonly watched?: SharedFeed;
}

/** Every feed of a book, and of each site the reading of its meters and the count of its machines. */
export function watchesOf(book: Book): Watch[] {
  const { bookId, deployments } = book;
  const sites = inService(book);
  return [
    ...[...feedsOfBook(book)]
      .filter(([, { isOver }]) => isOver !== true)
      .map(([feedId, watched]) => ({
        workflowId: workflowIds.feed(bookId, feedId),
        feedId,
        kind: "market" as const,
        siteIds: watched.subscribers.map(({ siteId }) => siteId),
        watched,
      })),
    ...deployments.map(({ plan: { siteId } }) => ({
      workflowId: workflowIds.registers(siteId),
      feedId: `registers/${siteId}`,
      kind: "registers" as const,
      siteIds: [siteId],
    })),
    ...sites.map(({ plan: { siteId } }) => ({
      workflowId: workflowIds.fleet(siteId),
      feedId: `fleet/${siteId}`,
      kind: "fleet" as const,
      siteIds: [siteId],
    })),
  ];
}

/**
 * Resolve when every feed waits on a paced clock for its next instant, but for what a gateway at a site watches.
 * @throws Error when they do not within a minute.
 */
export async function feedsWaiting(book: Book, clockUrl: string, logDir: string): Promise<void> {
  const told = new Set(inService(book).map(({ plan }) => plan.siteId));
  const reached = new Set(reachedSites(book.deployments));
  const expected = watchesOf(book)
    .filter(({ kind, siteIds }) => siteIds.some((id) => told.has(id) && (kind === "market" || reached.has(id))))
    .map(({ feedId }) => `feed/${feedId}`);
  const until = Date.now() + FEEDS_WAITING_WITHIN_MS;
  while (Date.now() < until) {
    const { waiters } = (await (await fetch(`${clockUrl}/clock`)).json()) as { waiters: { key: string }[] };
    const waiting = new Set(waiters.map((waiter) => waiter.key));
    if (expected.every((key) => waiting.has(key))) return;
    await delay(50);
  }
  throw new Error(
    `The feeds did not start within ${FEEDS_WAITING_WITHIN_MS / 1000} s; see the worker's log in ${logDir}.`,
  );
}

/** How long workers may take to bundle workflows and reach their first wait. */
const FEEDS_WAITING_WITHIN_MS = 60_000;

/** A book that runs, as far as its watches go by it. */
interface Watched {
  readonly client: Client;
  readonly clock: MarketClock;
  readonly clockSettings: ClockSettings;
  readonly book: Book;
}

/** Begins the reading of every feed and of every site's meters, or finds it under way. @throws the client's errors */
export async function startWatches({ client, clock, clockSettings, book }: Watched, ledgerId: string): Promise<void> {
  const operatingDay = operatingDayOf((await clock.now()) as Instant);
  await pLimit(ASKED_AT_ONCE).map(watchesOf(book), async ({ workflowId, feedId, kind, siteIds, watched }) => {
    const isWatched = clockSettings.kind === "real" && watched?.role === "record";
    const watchdog = isWatched ? watchdogOf(watched, clockSettings) : undefined;
    await client.workflow.start<typeof watchFeed>("watchFeed", {
      workflowId,
      taskQueue: taskQueueOf(book.bookId),
      workflowIdConflictPolicy: "USE_EXISTING",
      args: [{ feedId, kind, operatingDay, siteIds, ledgerId, watchdog }],
    });
  });
}

/**
 * How the workflow of a feed of record watches it on the real clock: it tells of silence later than the activity, which
 * polls every minute, and hears of the activity so often that a worker may be restarted in between.
 * @throws RangeError for one that no site is told of
 */
export function watchdogOf(
  { silentAfterSeconds, silentAs, subscribers = [] }: WatchedFeed,
  clock: RealClock,
): FeedWatchdog {
  if (!isTold(silentAs)) throw new RangeError(`no site is told of ${silentAs}: nobody waits for its source`);
  return {
    seconds: silentAfterSeconds + WATCHDOG_GRACE_SECONDS,
    graceSeconds: WATCHDOG_GRACE_SECONDS,
    patience: Object.fromEntries(
      subscribers.map((one) => [one.siteId, one.silentAfterSeconds + WATCHDOG_GRACE_SECONDS]),
    ),
    hearEverySeconds: Math.ceil((silentAfterSeconds * 2) / 3),
    silentAs,
    clock,
  };
}

const WATCHDOG_GRACE_SECONDS = 60;
