import type { Instant } from "../units/instant.ts";
import type { MARKET_FACTS } from "./index.ts";
import type { Told } from "./marketFact.ts";

/** What can be silent: the kinds that feeds bring, and the site's meter. */
export type SilentFeed = (typeof MARKET_FACTS)[number]["kind"] | "meter";

/** A watcher's word that its feed is silent, or heard again. */
export type FeedWord = FeedSilent | FeedRestored;

/** The feed is silent. */
export interface FeedSilent extends Told {
  readonly kind: "feed-silent";
  readonly feed: SilentFeed;
  readonly lastSeenAt?: Instant;
}

/** The feed is heard again. */
export interface FeedRestored extends Told {
  readonly kind: "feed-restored";
  readonly feed: SilentFeed;
}
