import { activityInfo } from "@temporalio/activity";
import type { SilentFeed, SiteInput } from "../src/domain/decision/model.ts";
import { dayEnd, intervalKey, intervalStart, operatingDayOf } from "../src/domain/market/calendar.ts";
import { isSilent, newestSaidAt } from "../src/domain/market/feedSilence.ts";
import { foldGridCondition, NO_GRID_CONDITION } from "../src/domain/market/gridCondition.ts";
import { foldPrcPreAlert } from "../src/domain/market/prcPreAlert.ts";
import type { GridConditionObservation, MarketObservation, OperatingDay } from "../src/domain/market/model.ts";
import { cleanText, thrownText } from "../src/domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MarketFeed, RawDocument, Report } from "../src/ports/marketFeed.ts";
import type { MarketStore, StoredObservation } from "../src/ports/marketStore.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { notConfigured } from "./failure.ts";
import { heartbeating } from "./heartbeating.ts";
import { pollAppointment } from "./pollAppointment.ts";
import { afterFailedPoll, afterTelling, type FeedState } from "./feedState.ts";
import { matched, withUnmatched } from "./priceCrossCheck.ts";

export interface WatchedFeed {
  readonly feed: MarketFeed;
  /** What it is called when it falls silent. */
  readonly silentAs: SilentFeed;
  /** Age of what the source said last, market seconds, at which the sites are told. */
  readonly silentAfterSeconds: number;
  /** A feed of record drives decisions and settlement; a cross-check is stored and compared. */
  readonly role: "record" | "cross-check";
  /** Prices of record that a cross-check is compared with. */
  readonly checks?: { readonly settlementPoint: string; readonly settlementPointType: string };
  /** Of a grid condition: PRC in MW under which a Watch is due; absent where none is in force. */
  readonly watchBelowMw?: number;
}

export interface MarketDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly market: MarketStore;
  readonly feeds: ReadonlyMap<string, WatchedFeed>;
  readonly log: Log;
}

/** What a wait came to. */
export interface FeedSeen {
  readonly operatingDay: OperatingDay;
  /** What the source said last is older than its limit; the sites hear of the end of this from the activity. */
  readonly silent: boolean;
}

/** Older prices are history when a site starts: they are stored, not sent. */
const NEWS_SECONDS = 2_700;
const REPORTED_MAX = 20;

/**
 * Activities of the market stage: wait for the next publication, keep its bytes, send the news to the sites. They throw
 * NotConfigured for a feed that is not configured; a source that is away or unreadable is awaited, not thrown.
 */
export function marketActivities({ clock, sites, market, feeds, log }: MarketDeps) {
  return {
    /**
     * Returns when something was published (or fell silent) and every site has been told, or when the operating day has
     * ended. With `hearEverySeconds`, market seconds, at the latest when they have passed, and after the first poll
     * where another attempt has ended before: the feed's workflow hears that the feed is watched.
     */
    async awaitPublication({
      feedId,
      siteIds,
      hearEverySeconds,
    }: {
      feedId: string;
      siteIds: readonly string[];
      hearEverySeconds?: number;
    }): Promise<FeedSeen> {
      const watched = feeds.get(feedId);
      if (!watched) throw notConfigured(`No feed "${feedId}" is configured; known: ${[...feeds.keys()].join(", ")}.`);
      const isHeard = hearEverySeconds !== undefined;
      const isRetry = activityInfo().attempt > 1;
      return heartbeating(async (signal) => {
        let at = await clock.now();
        const startedOn = operatingDayOf(at);
        const hearAt = isHeard ? addSeconds(at, hearEverySeconds) : undefined;
        let state = ((await market.cursor(feedId)).state ?? {}) as FeedState;
        while (true) {
          const next = pollAppointment(state.nextPollAt, at, watched.feed.nextPollAt(at, true));
          at = await clock.waitUntil(`feed/${feedId}`, earlier(next, hearAt), signal);
          const polled = at < next ? undefined : await pollOnce(feedId, watched, siteIds, at);
          state = polled?.state ?? state;
          const isNews = polled?.found === true || operatingDayOf(at) !== startedOn;
          if (isNews || (isHeard && (polled === undefined || isRetry)))
            return { operatingDay: operatingDayOf(at), silent: isSilentNow(watched, state, at) };
        }
      });
    },
  };

  async function pollOnce(
    feedId: string,
    watched: WatchedFeed,
    siteIds: readonly string[],
    at: Instant,
  ): Promise<{ found: boolean; state: FeedState }> {
    const standing = await market.cursor(feedId);
    let state: FeedState = { watchedSince: at, ...(standing.state as FeedState | null) };
    let notBefore: Instant | undefined;
    let answeredAt: Instant | undefined = at;
    const asked = watched.feed.poll(standing.cursor, at).then((answer) => {
      state = answeredAgain(feedId, state, at);
      return answer;
    });
    const poll = await asked.catch((error: unknown) => {
      if (!(error instanceof PortUnavailableError || error instanceof PortDataError)) throw error;
      if (error instanceof PortUnavailableError && error.retryAfterSeconds !== undefined)
        notBefore = addSeconds(at, error.retryAfterSeconds);
      const { failing, isNews } = afterFailedPoll(state.failing, thrownText(error), at);
      const { problem, since, polls } = failing;
      if (isNews) log.warn({ feedId, at, problem, since, polls }, "poll failed; asking again at the next poll");
      state = { ...state, failing };
      ({ answeredAt } = state);
      return { documents: [] as RawDocument[], cursor: standing.cursor };
    });
    const news: SiteInput[] = [];
    const problems = [...("problems" in poll ? (poll.problems ?? []) : [])];
    let seen = false;
    for (const document of poll.documents) {
      const observations = await read(watched, document, (problem) => problems.push(problem));
      if (!observations) continue;
      seen = true;
      state = { ...state, saidAt: newestSaidAt(observations, at, state.saidAt) };
      const stored = await market.storeObservations(observations);
      if (watched.role === "cross-check") {
        state = { ...state, unmatched: withUnmatched(state.unmatched, stored) };
        continue;
      }
      // Every poll of the grid counts, also one whose value is stored already.
      const grid = observations.flatMap((o) => (o.kind === "grid-condition" ? [{ observation: o, version: 1 }] : []));
      for (const one of grid.length > 0 ? grid : stored) {
        const told = await inputOf(watched, one, state, at, siteIds);
        state = told.state;
        if (told.input) news.push(told.input);
      }
    }
    state = tellProblems(feedId, problems, state, at);
    if (watched.checks !== undefined)
      state = { ...state, unmatched: await matched(market, watched.checks, state.unmatched, disagreement(feedId, at)) };
    const silent = isSilentNow(watched, state, at);
    const changes = silent !== (state.silent === true);
    if (changes && silent) log.warn({ feedId, at, saidAt: state.saidAt }, "feed silent");
    if (changes && !silent) log.info({ feedId, at, saidAt: state.saidAt }, "feed heard again");
    // Sites hear of the feed that their decisions rest on, not of the one beside it.
    if (changes && watched.role === "record") {
      const feed = watched.silentAs;
      news.push(
        silent
          ? { kind: "feed-silent", id: `feed-silent/${feedId}/${at}`, at, feed, lastSeenAt: standing.lastSeenAt }
          : { kind: "feed-restored", id: `feed-restored/${feedId}/${at}`, at, feed },
      );
    }
    const found = news.length > 0;
    const nextPollAt = later(watched.feed.nextPollAt(at, found), notBefore);
    state = afterTelling({ ...state, silent, nextPollAt, answeredAt }, news);
    for (const input of newestLast(news)) await Promise.all(siteIds.map((siteId) => sites.deliver(siteId, input)));
    // The cursor moves only after every site has been told: a crash repeats the fan-out, and inputs are de-duplicated
    // by id.
    await market.moveCursor(feedId, poll.cursor ?? "", state, at, seen ? at : undefined);
    return { found, state };
  }

  /** The end of a row of failed polls is told with its length. */
  function answeredAgain(feedId: string, { failing, ...state }: FeedState, at: Instant): FeedState {
    if (failing === undefined) return state;
    const { since, polls } = failing;
    log.info({ feedId, at, since, polls }, "polls succeed again");
    return state;
  }

  /** Undefined when the document cannot be read: whatever is wrong with it, its successors are not held up. */
  async function read(
    watched: WatchedFeed,
    document: RawDocument,
    report: Report,
  ): Promise<readonly MarketObservation[] | undefined> {
    const contentHash = await market.storeDocument(document);
    try {
      return watched.feed.parse(document, contentHash, report);
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

  /** Each oddity of a source is told once while it stands there, however often the source is asked. */
  function tellProblems(feedId: string, problems: readonly string[], state: FeedState, at: Instant): FeedState {
    const told = state.reported ?? [];
    const fresh = [...new Set(problems.map((problem) => cleanText(problem)))].filter(
      (problem) => !told.includes(problem),
    );
    for (const problem of fresh)
      log.error({ feedId, at, problem }, "left out of what the source says; the rest is read");
    return fresh.length === 0 ? state : { ...state, reported: [...told, ...fresh].slice(-REPORTED_MAX) };
  }

  function disagreement(feedId: string, at: Instant): (fields: object) => void {
    return (fields) => log.error({ feedId, at, ...fields }, "settlement prices disagree");
  }

  async function inputOf(
    watched: WatchedFeed,
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
      case "grid-condition":
        return gridInput(watched, o, state, at);
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

  function gridInput(
    { silentAfterSeconds, watchBelowMw }: WatchedFeed,
    observation: GridConditionObservation,
    state: FeedState,
    at: Instant,
  ): { state: FeedState; input?: SiteInput } {
    const { kind, documentId, stateText, prcMw, observedAt, source, contentHash } = observation;
    const isFresh = !isSilent(observedAt, at, silentAfterSeconds);
    const folded = foldGridCondition(state.grid ?? NO_GRID_CONDITION, observation, isFresh);
    const prc = foldPrcPreAlert(state.prc ?? {}, observation, watchBelowMw, isFresh);
    const next = { ...state, grid: folded.state, prc };
    const isTurned = (prc.preAlert === undefined) !== (state.prc?.preAlert === undefined);
    if (!folded.change && !isTurned) return { state: next };
    const level = folded.state.level ?? "unknown";
    const unreadable = folded.state.alarm ? (true as const) : undefined;
    const { preAlert } = prc;
    if (isTurned) log.warn({ at, documentId, prcMw, watchBelowMw }, preAlert ? "PRC pre-alert" : "PRC pre-alert over");
    if (folded.change?.unreadable)
      log.error(
        { at, documentId, stateText, level },
        "grid state cannot be read; a person should look at ERCOT's page",
      );
    const id = `${kind}/${documentId}/${level}`;
    return {
      state: next,
      input: { kind, id, at, level, unreadable, stateText, prcMw, preAlert, observedAt, source, contentHash },
    };
  }
}

/** A source that never said anything is measured from the first poll on. */
function isSilentNow({ silentAfterSeconds }: WatchedFeed, state: FeedState, at: Instant): boolean {
  return isSilent(state.saidAt ?? state.watchedSince ?? at, at, silentAfterSeconds);
}

function earlier(a: Instant, b: Instant | undefined): Instant {
  return b !== undefined && b < a ? b : a;
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
