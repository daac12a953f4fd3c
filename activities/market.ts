import type { SilentFeed, SiteInput } from "../src/domain/decision/model.ts";
import { dayEnd, intervalKey, intervalStart, operatingDayOf } from "../src/domain/market/calendar.ts";
import { foldGridCondition, type GridConditionState, NO_GRID_CONDITION } from "../src/domain/market/gridCondition.ts";
import type { MarketObservation, OperatingDay } from "../src/domain/market/model.ts";
import { thrownText } from "../src/domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MarketFeed, RawDocument } from "../src/ports/marketFeed.ts";
import type { MarketStore, StoredObservation } from "../src/ports/marketStore.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { heartbeating } from "./heartbeating.ts";

export interface WatchedFeed {
  readonly feed: MarketFeed;
  /** What it is called when it falls silent. */
  readonly silentAs: SilentFeed;
  /** Market seconds without a document after which the sites are told. */
  readonly silentAfterSeconds: number;
  /** A feed of record drives decisions and settlement; a cross-check is stored only. */
  readonly role: "record" | "cross-check";
}

export interface MarketDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly market: MarketStore;
  readonly feeds: ReadonlyMap<string, WatchedFeed>;
  readonly log: Log;
}

interface FeedState {
  readonly silent?: boolean;
  readonly grid?: GridConditionState;
  /** When the feed is to be asked next: whoever takes over keeps the appointment. */
  readonly nextPollAt?: Instant;
  /** Newest SCED run that the sites were told: its age, not that of its document, is what a site's limit is about. */
  readonly newestScedAt?: Instant;
}

/** Older prices are history when a site starts: they are stored, not sent. */
const NEWS_SECONDS = 2_700;

/**
 * Activities of the market stage: wait for the next publication, keep its bytes, send the news to the sites. They throw
 * an Error for a feed that is not configured; a source that is away or unreadable is awaited, not thrown.
 */
export function marketActivities({ clock, sites, market, feeds, log }: MarketDeps) {
  return {
    /**
     * Returns when something was published (or fell silent) and every site has been told, or when the operating day has
     * ended.
     */
    async awaitPublication({
      feedId,
      siteIds,
    }: {
      feedId: string;
      siteIds: readonly string[];
    }): Promise<{ operatingDay: OperatingDay }> {
      const watched = feeds.get(feedId);
      if (!watched) throw new Error(`No feed "${feedId}" is configured; known: ${[...feeds.keys()].join(", ")}.`);
      return heartbeating(async (signal) => {
        let at = await clock.now();
        const startedOn = operatingDayOf(at);
        // A feed never read before is asked at once; one read before waits for its next publication.
        let next = ((await market.cursor(feedId)).state as FeedState | undefined)?.nextPollAt ?? at;
        while (true) {
          at = await clock.waitUntil(`feed/${feedId}`, next, signal);
          const polled = await pollOnce(feedId, watched, siteIds, at);
          if (polled.found || operatingDayOf(at) !== startedOn) return { operatingDay: operatingDayOf(at) };
          next = polled.nextPollAt;
        }
      });
    },
  };

  async function pollOnce(
    feedId: string,
    watched: WatchedFeed,
    siteIds: readonly string[],
    at: Instant,
  ): Promise<{ found: boolean; nextPollAt: Instant }> {
    const standing = await market.cursor(feedId);
    let state = (standing.state ?? {}) as FeedState;
    let notBefore: Instant | undefined;
    const poll = await watched.feed.poll(standing.cursor, at).catch((error: unknown) => {
      if (!(error instanceof PortUnavailableError || error instanceof PortDataError)) throw error;
      if (error instanceof PortUnavailableError && error.retryAfterSeconds !== undefined)
        notBefore = addSeconds(at, error.retryAfterSeconds);
      log.warn({ feedId, at, problem: thrownText(error) }, "poll failed; asking again at the next poll");
      return { documents: [] as RawDocument[], cursor: standing.cursor };
    });
    const news: SiteInput[] = [];
    // A feed that brings nothing that can be read is as silent as one that brings nothing.
    let seen = false;
    for (const document of poll.documents) {
      const observations = await read(watched, document);
      if (!observations) continue;
      seen = true;
      const stored = await market.storeObservations(observations);
      if (watched.role === "cross-check") continue;
      for (const one of stored) {
        const told = await inputOf(one, state, at, siteIds);
        state = told.state;
        if (told.input) news.push(told.input);
        if (one.observation.kind === "sced-lmp")
          state = { ...state, newestScedAt: later(one.observation.scedAt, state.newestScedAt) };
      }
    }
    const silentSince = state.newestScedAt ?? standing.lastSeenAt;
    const silentFor = seen || silentSince === undefined ? 0 : secondsBetween(silentSince, at);
    const isSilent = !seen && silentFor > watched.silentAfterSeconds;
    if (isSilent && !state.silent) log.warn({ feedId, at, silentFor }, "feed silent");
    // Sites hear of the feed that their decisions rest on, not of the one beside it.
    const tells = watched.role === "record";
    if (tells && seen && state.silent)
      news.push({ kind: "feed-restored", id: `feed-restored/${feedId}/${at}`, at, feed: watched.silentAs });
    if (tells && isSilent && !state.silent) {
      news.push({
        kind: "feed-silent",
        id: `feed-silent/${feedId}/${at}`,
        at,
        feed: watched.silentAs,
        lastSeenAt: standing.lastSeenAt,
      });
    }
    const found = news.length > 0;
    const nextPollAt = later(watched.feed.nextPollAt(at, found), notBefore);
    state = { ...state, silent: isSilent, nextPollAt };
    for (const input of newestLast(news)) await Promise.all(siteIds.map((siteId) => sites.deliver(siteId, input)));
    // The cursor moves only after every site has been told: a crash repeats the fan-out, and inputs are de-duplicated
    // by id.
    await market.moveCursor(
      feedId,
      poll.cursor ?? "",
      state,
      at,
      seen || standing.lastSeenAt === undefined ? at : undefined,
    );
    return { found, nextPollAt };
  }

  /** Undefined when the document cannot be read: whatever is wrong with it, its successors are not held up. */
  async function read(watched: WatchedFeed, document: RawDocument): Promise<readonly MarketObservation[] | undefined> {
    const contentHash = await market.storeDocument(document);
    try {
      return watched.feed.parse(document, contentHash);
    } catch (error) {
      const problem = thrownText(error);
      log.error(
        { feedId: watched.feed.feedId, documentId: document.documentId, problem },
        "document cannot be read; kept for a person",
      );
      await market.quarantine(document, contentHash, problem);
      return undefined;
    }
  }

  async function inputOf(
    stored: StoredObservation,
    state: FeedState,
    at: Instant,
    siteIds: readonly string[],
  ): Promise<{ state: FeedState; input?: SiteInput }> {
    const { observation: o, version } = stored;
    const { source, contentHash } = o;
    switch (o.kind) {
      case "sced-lmp": {
        if (secondsBetween(o.scedAt, at) > NEWS_SECONDS) return { state };
        return {
          state,
          input: {
            kind: o.kind,
            id: `${o.kind}/${o.scedAt}/${version}`,
            at,
            settlementPoint: o.settlementPoint,
            scedAt: o.scedAt,
            lmpUsdPerMwh: Number(o.lmpUsdPerMwh),
            source,
            contentHash,
          },
        };
      }
      case "settlement-price": {
        const key = intervalKey(o.interval);
        if (version > 1 || dayEnd(o.interval.operatingDay) < at) {
          const why = `settlement price of ${key} is ${o.priceUsdPerMwh} $/MWh (version ${version})`;
          await Promise.all(
            siteIds.map((siteId) =>
              sites.settleAgain(siteId, o.interval.operatingDay, {
                id: `price/${key}/${version}`,
                kind: "resettlement",
                why,
              }),
            ),
          );
        }
        if (secondsBetween(intervalStart(o.interval), at) > NEWS_SECONDS) return { state };
        return {
          state,
          input: {
            kind: o.kind,
            id: `${o.kind}/${key}/${version}`,
            at,
            settlementPoint: o.settlementPoint,
            settlementPointType: o.settlementPointType,
            intervalKey: key,
            priceUsdPerMwh: Number(o.priceUsdPerMwh),
            source,
            contentHash,
          },
        };
      }
      case "grid-condition": {
        const folded = foldGridCondition(state.grid ?? NO_GRID_CONDITION, o);
        const next = { ...state, grid: folded.state };
        if (!folded.change) return { state: next };
        return {
          state: next,
          input: {
            kind: o.kind,
            id: `${o.kind}/${o.observedAt}/${folded.change.level}`,
            at,
            level: folded.change.level,
            stateText: o.stateText,
            prcMw: o.prcMw,
            observedAt: o.observedAt,
            source,
            contentHash,
          },
        };
      }
      case "hashprice":
        return {
          state,
          input: {
            kind: o.kind,
            id: `${o.kind}/${o.asOf}/${version}`,
            at,
            usdPerPhDay: Number(o.usdPerPhDay),
            asOf: o.asOf,
            source,
            contentHash,
          },
        };
    }
  }
}

function later(a: Instant, b: Instant | undefined): Instant {
  return b !== undefined && b > a ? b : a;
}

/** SCED runs in their order, all but the newest marked: after a gap a site decides on the newest alone. */
function newestLast(news: readonly SiteInput[]): SiteInput[] {
  const runs = news.filter((input) => input.kind === "sced-lmp").toSorted((a, b) => (a.scedAt < b.scedAt ? -1 : 1));
  const others = news.filter((input) => input.kind !== "sced-lmp");
  return [...runs.map((run, i) => (i < runs.length - 1 ? { ...run, newerFollows: true as const } : run)), ...others];
}
