import { observedFact } from "../../domain/inputs/marketFacts.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { FeedPoll, MarketFeed, RawDocument } from "../../ports/marketFeed.ts";
import { readMisCursor } from "./misCursor.ts";
import type { ApiRoute } from "./apiRoute.ts";
import { readRoutes, together, troubleOf } from "./routes.ts";

/** From question to question to the second route, market seconds. */
const ASK_EVERY_SECONDS = 60;
/** Longest span of one question. */
const SPAN_SECONDS_MAX = 86_400;
/** Questions after which a span of which the second route says nothing is given up. */
const TRIES_MAX = 5;

interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

/** What a feed of two routes remembers: the cursor of the first, and what the second gave and still owes. */
interface RoutedCursor {
  readonly mis?: string;
  /** Newest moment that the second route has spoken of. */
  readonly saidAt?: Instant;
  /** A span that the first route no longer lists and that nobody has filled, and how often it was asked for in vain. */
  readonly missing?: Span & { readonly tries: number };
}

/** What a question to the second route came to. */
interface Asked {
  /** About the time since what is known, and about the missing span. */
  readonly live: readonly RawDocument[];
  readonly filled: readonly RawDocument[];
  readonly missing: RoutedCursor["missing"];
  readonly problems: readonly string[];
}

const NOTHING = { live: [], filled: [], problems: [] } as const;

export interface RoutedOptions {
  /** Age of what was said last at which the second route is asked, market seconds. */
  readonly lateAfterSeconds: number;
  /** How far back a feed that never heard anything looks, minutes. */
  readonly backfillMinutes: number;
}

/**
 * A feed of MIS that the Public API stands in for: where MIS does not answer, or what it says last is older than it may
 * be, the API is asked once a minute for what is missing since; when MIS speaks again, it is asked no more. What MIS no
 * longer lists after a time away is asked of the API day by day. Each document names the route that it came by. A poll
 * throws what MIS is down with where the API is down too, with both troubles.
 * @throws PortUnavailableError, PortDataError, as polls
 */
export function routedFeed(mis: MarketFeed, route: ApiRoute, options: RoutedOptions): MarketFeed {
  let askedAt: Instant | undefined;
  let apiTrouble: string | undefined;
  let isAsking = false;

  return {
    ...mis,
    nextPollAt(at, found) {
      const next = mis.nextPollAt(at, found);
      const again = addSeconds(at, ASK_EVERY_SECONDS);
      return isAsking && again < next ? again : next;
    },
    async poll(cursorText, at): Promise<FeedPoll> {
      const cursor = readRoutes<RoutedCursor>(cursorText);
      const first = await mis.poll(cursor.mis, at).catch(troubleOf);
      const answer = first instanceof Error ? undefined : first;
      const mark = { ...cursor, mis: answer?.cursor ?? cursor.mis };
      const { live, missing } = wanted(cursor, mark, answer, at);
      isAsking = live !== undefined || missing !== undefined;
      const isDue = askedAt === undefined || askedAt > at || secondsBetween(askedAt, at) >= ASK_EVERY_SECONDS;
      const asked: Asked = isAsking && isDue ? await ask(live, missing, at) : { ...NOTHING, missing };
      if (first instanceof Error && apiTrouble !== undefined) throw together(first, apiTrouble);
      const known = knownOf(mark, at);
      const news = asked.live.filter((document) => isNewer(saidIn(document, at), known));
      const said = [...news, ...asked.filled].map((document) => saidIn(document, at));
      const next: RoutedCursor = { ...mark, saidAt: said.reduce(later, cursor.saidAt), missing: asked.missing };
      return {
        documents: [...asked.filled, ...news, ...(answer?.documents ?? [])],
        cursor: JSON.stringify(next),
        problems: [...(answer?.problems ?? []), ...asked.problems],
        routes: [
          { route: "mis", ...(first instanceof Error && { failed: thrownText(first) }) },
          ...(isAsking && isDue ? [{ route: "api", ...(apiTrouble !== undefined && { failed: apiTrouble }) }] : []),
        ],
      };
    },
  };

  /** Which spans the second route is wanted for: since what is known, where that is too old, and before the list. */
  function wanted(
    before: RoutedCursor,
    now: RoutedCursor,
    answer: FeedPoll | undefined,
    at: Instant,
  ): { readonly live?: Span; readonly missing: RoutedCursor["missing"] } {
    const { lateAfterSeconds, backfillMinutes } = options;
    const knownBefore = knownOf(before, at);
    const from = answer?.listedFrom;
    const isGap = knownBefore !== undefined && from !== undefined && isLater(from, knownBefore, lateAfterSeconds);
    const listed = isGap ? { from: knownBefore, until: from, tries: 0 } : undefined;
    const since = knownOf(now, at) ?? addSeconds(at, -backfillMinutes * 60);
    if (answer !== undefined && !isLater(at, since, lateAfterSeconds)) return { missing: before.missing ?? listed };
    const start = addSeconds(at, -SPAN_SECONDS_MAX);
    const old = since < start ? { from: since, until: start, tries: 0 } : undefined;
    return {
      live: { from: since < start ? start : addSeconds(since, 1), until: at },
      missing: before.missing ?? listed ?? old,
    };
  }

  async function ask(live: Span | undefined, missing: RoutedCursor["missing"], at: Instant): Promise<Asked> {
    askedAt = at;
    const now = live === undefined ? [] : await route.between(live.from, live.until, at).catch(troubleOf);
    if (now instanceof Error) {
      apiTrouble = thrownText(now);
      return { ...NOTHING, missing };
    }
    const { failed, ...rest } = missing === undefined ? { ...NOTHING, missing } : await fill(missing, at);
    // What was asked for the present has come: the trouble is that of the past alone, and told.
    apiTrouble = live === undefined ? failed : undefined;
    return { ...rest, live: now };
  }

  /** A day of what is missing; what nobody has is given up after some questions, and told. */
  async function fill(
    missing: NonNullable<RoutedCursor["missing"]>,
    at: Instant,
  ): Promise<Omit<Asked, "live"> & { readonly failed?: string }> {
    const dayLater = addSeconds(missing.from, SPAN_SECONDS_MAX);
    const until = dayLater < missing.until ? dayLater : missing.until;
    const problems: string[] = [];
    const got = await route.between(missing.from, until, at, (problem) => problems.push(problem)).catch(troubleOf);
    const failed = got instanceof Error ? thrownText(got) : undefined;
    const filled = got instanceof Error ? [] : got;
    if (failed !== undefined) problems.push(`what is missing of ${missing.from} to ${until}: ${failed}`);
    if (got instanceof PortUnavailableError) return { filled, missing, problems, failed };
    const tries = missing.tries + 1;
    if (filled.length === 0 && tries < TRIES_MAX) return { filled, missing: { ...missing, tries }, problems, failed };
    if (filled.length === 0)
      problems.push(`nothing about ${missing.from} to ${until}: MIS does not list it and the Public API has no rows`);
    return {
      filled,
      missing: until < missing.until ? { from: until, until: missing.until, tries: 0 } : undefined,
      problems,
      failed,
    };
  }

  /** Newest moment that a document speaks of. Whoever stores one that cannot be read keeps it for a person. */
  function saidIn(document: RawDocument, at: Instant): Instant | undefined {
    try {
      const moments = mis.parse(document, "").map((one) => observedFact(one.kind).saidAt(one));
      return moments.filter((moment) => moment <= at).reduce<Instant | undefined>(later, undefined);
    } catch (error) {
      if (error instanceof PortDataError) return at;
      throw error;
    }
  }
}

/** Newest moment that either route has spoken of. */
function knownOf({ mis, saidAt }: RoutedCursor, at: Instant): Instant | undefined {
  return later(mis === undefined ? undefined : readMisCursor(mis, at).newestAboutAt, saidAt);
}

function isNewer(said: Instant | undefined, known: Instant | undefined): boolean {
  return said !== undefined && (known === undefined || said > known);
}

function isLater(at: Instant, than: Instant, seconds: number): boolean {
  return secondsBetween(than, at) > seconds;
}

function later(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
