import type { SiteId } from "../units/ids.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import type { DocumentTimes } from "../market/model.ts";
import type { Unmatched } from "./crossCheck.ts";
import type { FeedWord } from "./feedSilence.ts";
import { isMarketInput, marketFact, type MarketInput } from "./marketFacts.ts";
import type { Untold } from "./untold.ts";

/** What a feed tells the sites: values, and whether it is silent. */
export type FeedNews = MarketInput | FeedWord;

/** What a feed's reading keeps between two polls, beside its cursor. Plain JSON. */
export interface FeedState {
  readonly silent?: boolean;
  /** What each kind of fact remembers between two polls. */
  readonly memory?: Readonly<Record<string, unknown>>;
  /** When the feed is to be asked next: whoever takes over keeps the appointment. */
  readonly nextPollAt?: Instant;
  /** Since when the feed waits for its turn: its source is asked as often as manners allow. */
  readonly waitsSince?: Instant;
  /** The next poll that is answered reads what the source says whether it is news or not. */
  readonly isReadAgain?: true;
  /** News that was to be told when the state was written: whoever takes over tells it first. */
  readonly untold?: Untold;
  /** Newest moment that the source has spoken of: its age, not that of a document, is what silence is about. */
  readonly saidAt?: Instant;
  /** The document that was read last. */
  readonly lastDocument?: DocumentMark;
  /** Last poll that the source answered, with news or without. */
  readonly answeredAt?: Instant;
  /** Polls that failed one after another: what was wrong last, since when, how many, and when it was told. */
  readonly failing?: FailingPolls;
  /** Of a source with several routes, by name: when each answered last, and its row of failures. */
  readonly routes?: Readonly<Record<string, RouteState>>;
  /** First poll of all: a source that never says anything is silent from then on. */
  readonly watchedSince?: Instant;
  /** What was left out of the source's answers and is told already, newest last. */
  readonly reported?: readonly string[];
  readonly unmatched?: Unmatched;
  /** What the sites were told last of what is told on change only, and of the feed's silence. */
  readonly told?: {
    readonly value?: MarketInput;
    readonly silence?: FeedWord;
    /** Of sites with limits of their own, by site. */
    readonly silences?: Readonly<Record<string, FeedWord>>;
  };
}

/** Which document, and when it was published and fetched. */
export interface DocumentMark extends Pick<DocumentTimes, "fetchedAt" | "publishedAt"> {
  readonly source: string;
  readonly documentId: string;
}

/** How one of several routes of a source stands. */
export interface RouteState {
  readonly answeredAt?: Instant;
  readonly failing?: FailingPolls;
}

/** A row of failed polls of one feed. */
export interface FailingPolls {
  readonly problem: string;
  readonly since: Instant;
  readonly polls: number;
  readonly toldAt: Instant;
}

/** A source that fails in one way for long is told again this often, market seconds. */
const TOLD_AGAIN_SECONDS = 3_600;

/**
 * The row of failed polls after one more, and whether it is to be told: the first, one that fails in another way, and
 * one an hour. When to ask again is no other way.
 */
export function afterFailedPoll(
  before: FailingPolls | undefined,
  problem: string,
  at: Instant,
): { readonly failing: FailingPolls; readonly isNews: boolean } {
  const isNews =
    before === undefined ||
    wayOf(before.problem) !== wayOf(problem) ||
    secondsBetween(before.toldAt, at) >= TOLD_AGAIN_SECONDS;
  const { since = at, polls = 0 } = before ?? {};
  return { failing: { problem, since, polls: polls + 1, toldAt: isNews ? at : before.toldAt }, isNews };
}

function wayOf(problem: string): string {
  return problem.replace(/; try again in \d+ s$/, "");
}

/** The state after the sites were told `news`, oldest first. */
export function afterTelling(state: FeedState, news: readonly FeedNews[]): FeedState {
  const value = news.filter(isMarketInput).findLast(({ kind }) => marketFact(kind).standsUntilChanged === true);
  const silence = news.findLast((one): one is FeedWord => !isMarketInput(one));
  if (value === undefined && silence === undefined) return state;
  return {
    ...state,
    told: {
      ...state.told,
      ...(value === undefined ? {} : { value }),
      ...(silence === undefined ? {} : { silence }),
    },
  };
}

/**
 * What a site that begins has to be told, of the states of its feeds: the newest of what stands until it changes and
 * who is silent, for these are not told again. `since` is the market time of the site's newest decision,
 * undefined for a new site: what was told before that stands in the site's own records. In the order of the telling.
 */
export function standingInputs(states: readonly FeedState[], since: Instant | undefined, siteId?: SiteId): FeedNews[] {
  const told = states
    .flatMap(({ told: { value, silence, silences } = {} }) => [
      value,
      siteId === undefined || silences === undefined ? silence : silences[siteId],
    ])
    .filter((one) => one !== undefined);
  return told.filter(({ at }) => since === undefined || at >= since).toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
