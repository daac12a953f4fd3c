import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { DocumentMark, FeedNews, FeedState } from "./feedState.ts";
import type { FeedWord } from "./feedSilence.ts";
import type { Correction, FeedRules, Word } from "./marketFact.ts";
import type { MarketInput, MarketObservation, StoredObservation } from "./marketFacts.ts";

/** A site that is told of a feed. */
export interface Subscriber {
  readonly siteId: SiteId;
  /** Age of what the source said last, market seconds, at which this site is told of a silence. */
  readonly silentAfterSeconds: number;
}

/** A word on a silence that one site is told. */
export interface SilenceOfSite {
  readonly siteId: SiteId;
  readonly word: FeedWord;
}

/** What a feed is to the sites. */
export interface WatchRules extends FeedRules {
  /** What it is called when it falls silent. */
  readonly silentAs: MarketObservation["kind"];
  /** A feed of record is told to the sites; a cross-check is stored and compared, a kept one is stored. */
  readonly role: "record" | "cross-check" | "kept";
  /** Sites with limits of their own; absent where all who are told go by the feed's. */
  readonly subscribers?: readonly Subscriber[];
}

/** What one route of a source came to at a poll. */
export interface RouteAnswer {
  /** Its name, such as `mis` and `api`. */
  readonly route: string;
  /** Why it did not answer; absent where it did. */
  readonly failed?: string;
}

/** One poll of a feed at `at`, its documents kept and read. */
export interface PollResult {
  readonly at: Instant;
  /** Why the source did not answer; absent where it did. */
  readonly failed?: string;
  /** What each readable document says, and what of it is new or changed, oldest first. */
  readonly read: readonly {
    readonly observations: readonly MarketObservation[];
    readonly stored: readonly StoredObservation[];
  }[];
  /** The last of them. */
  readonly lastDocument?: DocumentMark;
  /** Moment that an answer without a new document speaks of; absent where only documents say something. */
  readonly saidAt?: Instant;
  /** Of a source with several routes those that were asked. */
  readonly routes?: readonly RouteAnswer[];
  /** What was left out of the answer. */
  readonly problems: readonly string[];
  /** When a document was read last, before this poll. */
  readonly lastSeenAt?: Instant;
}

/** What a poll comes to. */
export interface FoldedPoll {
  /** What the feed's reading keeps; the caller adds the next appointment. */
  readonly state: FeedState;
  /** What every site is told, in its order. */
  readonly news: readonly FeedNews[];
  /** What waits for every site's next SCED signal, in its order. */
  readonly riders: readonly MarketInput[];
  /** What single sites are told of a silence, where they have limits of their own. */
  readonly silences: readonly SilenceOfSite[];
  readonly corrections: readonly Correction[];
  readonly words: readonly Word[];
  /** The source is to be read again so soon, news or not, market seconds. */
  readonly againInSeconds?: number;
}
