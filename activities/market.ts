import { activityInfo, cancellationSignal } from "@temporalio/activity";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { FeedState } from "../src/domain/inputs/feedState.ts";
import { isFeedSilent } from "../src/domain/inputs/foldHealth.ts";
import { foldPoll } from "../src/domain/inputs/foldPoll.ts";
import { isMarketInput, marketFact } from "../src/domain/inputs/marketFacts.ts";
import type { Subscriber, WatchRules } from "../src/domain/inputs/pollModel.ts";
import { isKeptUntilTold, toBeTold, type Untold } from "../src/domain/inputs/untold.ts";
import { operatingDayOf } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { thrownText } from "../src/domain/units/foreignText.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant } from "../src/domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { FeedPoll, MarketFeed, Report } from "../src/ports/marketFeed.ts";
import type { FeedStanding, MarketStore } from "../src/ports/marketStore.ts";
import type { RidingFacts } from "../src/ports/ridingFacts.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { notConfigured } from "./failure.ts";
import { endWait } from "./endWait.ts";
import { heartbeating } from "./heartbeating.ts";
import { isWaitToBeNoted, pollAppointment } from "./pollAppointment.ts";
import { matched } from "./priceCrossCheck.ts";
import { readDocuments } from "./readDocuments.ts";
import type { SettlementPoint } from "../src/domain/market/settlementPoint.ts";

/** A feed and what it is to the sites. */
export interface WatchedFeed extends Omit<WatchRules, "feedId"> {
  readonly feed: MarketFeed;
  /** Prices of record that a cross-check is compared with. */
  readonly checks?: SettlementPoint;
  /** Sites that are retired: they hear of corrections of their days, and of nothing else. */
  readonly retiredSiteIds?: readonly string[];
  /** Only retired sites are left, and it corrects nothing: it need not be read. */
  readonly isOver?: true;
}

export interface MarketDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly market: MarketStore;
  readonly riding: RidingFacts;
  readonly feeds: ReadonlyMap<string, WatchedFeed>;
  readonly log: Log;
}

/** What a wait came to. */
export interface FeedSeen {
  readonly operatingDay: OperatingDay;
  /** What the source said last is older than its limit; the sites hear of the end of this from the activity. */
  readonly silent: boolean;
  /** Nobody needs the feed any more. */
  readonly isOver?: true;
  /** Who is told at present, where they have limits of their own, and for whom the feed is silent. */
  readonly subscribers?: readonly (Subscriber & { readonly silent: boolean })[];
}

/**
 * Activities of the market stage: wait for the next publication, keep its bytes, send the news to the sites. They throw
 * NotConfigured for a feed that is not configured, and PortConflictError where somebody else polls it too; a source
 * that is away or unreadable is awaited, not thrown.
 */
export function marketActivities({ clock, sites, market, riding, feeds, log }: MarketDeps) {
  return {
    /**
     * Watches a feed and tells every site of what is published or falls silent, until the operating day has ended.
     * With `hearEverySeconds`, market seconds, it returns whenever it has told something, at the latest when they have
     * passed, and after the first poll where another attempt has ended before: the feed's workflow hears that the feed
     * is watched.
     */
    async awaitPublication({
      feedId,
      siteIds,
      hearEverySeconds,
    }: {
      feedId: string;
      siteIds: readonly SiteId[];
      hearEverySeconds?: number;
    }): Promise<FeedSeen> {
      const watched = feeds.get(feedId);
      if (!watched) throw notConfigured(`No feed "${feedId}" is configured; known: ${[...feeds.keys()].join(", ")}.`);
      const told = watched.subscribers?.map(({ siteId }) => siteId) ?? siteIds;
      const about = [...told, ...(watched.retiredSiteIds ?? [])];
      const isHeard = hearEverySeconds !== undefined;
      const isRetry = activityInfo().attempt > 1;
      return heartbeating(async (signal) => {
        let at = await clock.now();
        if (watched.isOver === true) {
          await endWait(clock, `feed/${feedId}`, signal);
          return { operatingDay: operatingDayOf(at), silent: false, subscribers: [], isOver: true };
        }
        const startedOn = operatingDayOf(at);
        const hearAt = isHeard ? addSeconds(at, hearEverySeconds) : undefined;
        let standing = await market.cursor(feedId);
        while (true) {
          const { untold, nextPollAt } = stateOf(standing);
          const next = untold === undefined ? pollAppointment(nextPollAt, at, watched.feed.nextPollAt(at, true)) : at;
          at = await clock.waitUntil(`feed/${feedId}`, earlier(next, hearAt), signal, about);
          const polled = at < next ? undefined : await pollOnce(feedId, watched, told, at, standing);
          standing = polled?.standing ?? standing;
          const isToBeHeard = isHeard && (polled === undefined || polled.found || isRetry);
          if (isToBeHeard || operatingDayOf(at) !== startedOn) return seenOf(watched, stateOf(standing), at);
        }
      }, "wait");
    },
  };

  async function pollOnce(
    feedId: string,
    watched: WatchedFeed,
    siteIds: readonly SiteId[],
    at: Instant,
    standing: FeedStanding,
  ): Promise<{ found: boolean; standing: FeedStanding }> {
    const { waitsSince, untold, ...before } = stateOf(standing);
    const turn = watched.feed.turnAt?.(at) ?? at;
    if (turn > at) {
      if (untold !== undefined) await tellAll(feedId, watched, siteIds, untold);
      const state = { ...before, nextPollAt: turn, waitsSince: waitsSince ?? at };
      const { cursor, polledAt } = standing;
      if (untold === undefined && !isWaitToBeNoted(waitsSince, polledAt, at))
        return { found: false, standing: { ...standing, state } };
      const waiting = { cursor, state, polledAt: at, seenAt: undefined };
      return { found: untold !== undefined, standing: await market.moveCursor(feedId, standing, waiting) };
    }
    const asked = await ask(watched.feed, before.isReadAgain ? undefined : standing.cursor, at);
    const problems = [...asked.problems];
    const report: Report = (problem) => problems.push(problem);
    const { read, lastDocument } = await readDocuments({ market, log }, watched.feed, asked.documents, report);
    const { failed, saidAt, routes } = asked;
    const { lastSeenAt } = standing;
    const rules = { ...watched, feedId };
    const folded = foldPoll(rules, before, { at, failed, read, lastDocument, routes, problems, lastSeenAt, saidAt });
    for (const { level, fields, text } of folded.words) log[level](fields, text);
    const due = toBeTold(untold, folded);
    const found = due.news.length > 0 || due.silences.length > 0;
    const again = folded.againInSeconds === undefined ? undefined : addSeconds(at, folded.againInSeconds);
    const nextPollAt = later(earlier(watched.feed.nextPollAt(at, found), again), asked.notBefore);
    const state = { ...folded.state, nextPollAt, unmatched: await compared(feedId, watched, folded.state, at) };
    const after = {
      cursor: asked.cursor ?? standing.cursor,
      state,
      polledAt: at,
      seenAt: read.length > 0 ? at : undefined,
    };
    const noted = isKeptUntilTold(folded)
      ? await market.moveCursor(feedId, standing, { ...after, state: { ...state, untold: due } })
      : standing;
    await tellAll(feedId, watched, siteIds, due);
    // The cursor moves only after every site has been told, or with what is to be told: a crash repeats the fan-out,
    // and inputs are de-duplicated by id.
    return { found, standing: await market.moveCursor(feedId, noted, after) };
  }

  /** Everybody who hears of a feed; whoever is retired hears of corrections of its days. */
  async function tellAll(
    feedId: string,
    { retiredSiteIds = [] }: WatchedFeed,
    siteIds: readonly SiteId[],
    due: Untold,
  ): Promise<void> {
    await tell(feedId, siteIds, due);
    await tell(feedId, retiredSiteIds, { ...due, news: [], silences: [] });
    for (const rider of due.riders) await riding.keep(siteIds, rider);
  }

  /** What a second route showed and is still without a price of record to be compared with. */
  async function compared(
    feedId: string,
    { checks }: WatchedFeed,
    { unmatched }: FeedState,
    at: Instant,
  ): Promise<FeedState["unmatched"]> {
    if (checks === undefined) return unmatched;
    return matched(market, checks, unmatched, (fields) =>
      log.error({ feedId, at, ...fields }, "settlement prices disagree"),
    );
  }

  /**
   * Every site its news, in their order. One that cannot be told whatever comes costs the others nothing and is named;
   * a passing fault, or one of all sites, is thrown and everything is told again. What cannot change a decision alone
   * rides along: one signal a site and SCED run.
   */
  async function tell(feedId: string, siteIds: readonly SiteId[], due: Untold): Promise<void> {
    const carrier = due.news.findLast((one) => isMarketInput(one) && marketFact(one.kind).carries === true);
    const waiting = carrier === undefined ? undefined : await riding.waiting(siteIds);
    const rode = new Map<SiteId, readonly SiteInput[]>();
    const tellings = await Promise.allSettled(
      siteIds.map((siteId) =>
        tellSite(siteId, due, async (input) => {
          const riders = (input === carrier ? waiting?.get(siteId) : undefined) ?? [];
          await sites.deliver(siteId, input, riders, cancellationSignal());
          rode.set(siteId, [...(rode.get(siteId) ?? []), ...riders]);
        }),
      ),
    );
    // One statement for all, while they decide; what is told twice because of a crash before it has the same id.
    await riding.told(rode);
    const failed = tellings.flatMap((one, i) =>
      one.status === "rejected" ? [{ siteId: siteIds[i], error: one.reason as unknown }] : [],
    );
    const passing = failed.find(({ error }) => !(error instanceof PortDataError));
    const first = passing ?? (failed.length === siteIds.length ? failed[0] : undefined);
    if (first !== undefined) throw first.error;
    for (const { siteId, error } of failed)
      log.error({ feedId, siteId, problem: thrownText(error) }, "a site could not be told of a feed; the others were");
  }

  async function tellSite(
    siteId: SiteId,
    { news, corrections, silences }: Untold,
    deliver: (input: SiteInput) => Promise<void>,
  ): Promise<void> {
    for (const { operatingDay, id, why } of corrections)
      await sites.settleAgain(siteId, operatingDay, { id, kind: "resettlement", why }, cancellationSignal());
    const own = silences.flatMap((silence) => (silence.siteId === siteId ? [silence.word] : []));
    for (const input of [...news, ...own]) await deliver(input);
  }
}

function stateOf({ state }: FeedStanding): FeedState {
  return (state ?? {}) as FeedState;
}

/** What the feed's workflow hears. */
function seenOf(watched: WatchedFeed, state: FeedState, at: Instant): FeedSeen {
  const isSilent = (limit: Pick<Subscriber, "silentAfterSeconds">): boolean => isFeedSilent(limit, state, at);
  return {
    operatingDay: operatingDayOf(at),
    silent: isSilent(watched),
    subscribers: watched.subscribers?.map((one) => ({ ...one, silent: isSilent(one) })),
  };
}

/** What a source answered, or why it did not: one that is away or unreadable is asked again at the next poll. */
async function ask(
  feed: MarketFeed,
  cursor: string | undefined,
  at: Instant,
): Promise<
  Omit<FeedPoll, "cursor" | "problems"> & {
    readonly cursor: string | undefined;
    readonly problems: readonly string[];
    readonly failed?: string;
    readonly notBefore?: Instant;
  }
> {
  try {
    const { problems = [], ...answer } = await feed.poll(cursor, at);
    return { ...answer, problems };
  } catch (error) {
    if (!(error instanceof PortUnavailableError || error instanceof PortDataError)) throw error;
    const seconds = error instanceof PortUnavailableError ? error.retryAfterSeconds : undefined;
    const notBefore = seconds === undefined ? undefined : addSeconds(at, seconds);
    return { documents: [], cursor, problems: [], failed: thrownText(error), notBefore };
  }
}

function earlier(a: Instant, b: Instant | undefined): Instant {
  return b !== undefined && b < a ? b : a;
}

function later(a: Instant, b: Instant | undefined): Instant {
  return b !== undefined && b > a ? b : a;
}
