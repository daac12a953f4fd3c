import type { Instant } from "../units/instant.ts";
import { instant, name, optional } from "./checks.ts";
import type { Absorbed, SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** A watcher's word that its feed is silent, or heard again. */
export type FeedWord = FeedSilent | FeedRestored;

/** The feed is silent. */
export interface FeedSilent extends Told {
  readonly kind: "feed-silent";
  /** What it brings: a kind of fact that is watched. */
  readonly feed: string;
  readonly lastSeenAt?: Instant;
}

/** The feed is heard again. */
export interface FeedRestored extends Told {
  readonly kind: "feed-restored";
  readonly feed: string;
}

/** Kinds of facts whose watcher says that they are silent, in the order of their names. */
export interface KnownSilence {
  readonly silentFeeds: readonly string[];
}

/** Who is silent by its watcher's word; new data ends a silence too. */
export const feedSilence: SiteFact<FeedWord, KnownSilence, KnownSilence, KnownSilence> = {
  kind: "feed-silence",
  scope: "site",
  called: "silent feeds",
  messages: { "feed-silent": { feed: name, lastSeenAt: optional(instant) }, "feed-restored": { feed: name } },
  none: { silentFeeds: [] },
  absorb: (known, { kind, feed }) => (kind === "feed-silent" ? silent(known, feed) : heard(known, feed)),
  freeze: ({ silentFeeds }) => ({ silentFeeds }),
  recovered: (records) => ({ silentFeeds: records.at(-1)?.silentFeeds ?? [] }),
};

function silent({ silentFeeds }: KnownSilence, feed: string): Absorbed<KnownSilence> {
  if (silentFeeds.includes(feed)) return { patch: {}, relevant: false };
  return { patch: { silentFeeds: [...silentFeeds, feed].toSorted() }, relevant: false, turned: feed };
}

/** What is known once a feed is heard. */
export function heard({ silentFeeds }: KnownSilence, feed: string): Absorbed<KnownSilence> {
  if (!silentFeeds.includes(feed)) return { patch: {}, relevant: false };
  return { patch: { silentFeeds: silentFeeds.filter((one) => one !== feed) }, relevant: false, turned: feed };
}

/** A watcher's word: `feed` is silent, or heard again. Its id is of the watcher, `by`, and the moment, unless given. */
export function feedWord(
  isSilent: boolean,
  {
    by,
    at,
    feed,
    lastSeenAt,
    id,
  }: { readonly by: string; readonly id?: string } & Pick<FeedSilent, "at" | "feed" | "lastSeenAt">,
): FeedWord {
  const kind = isSilent ? "feed-silent" : "feed-restored";
  const word = { id: id ?? `${kind}/${by}/${at}`, at, feed };
  if (kind === "feed-restored") return { kind, ...word };
  return lastSeenAt === undefined ? { kind, ...word } : { kind, ...word, lastSeenAt };
}

/** Whether a word says that the feed is silent. */
export function isSilentWord(word: FeedWord | undefined): boolean {
  return word?.kind === "feed-silent";
}
