import type { Instant } from "../units/instant.ts";
import { instant, name, optional } from "./checks.ts";
import type { KnownSilence, SilentSource } from "./knownSilence.ts";
import type { ListedSource, SiteFact, SiteView } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** A watcher's word that its feed is silent, or heard again. */
export type FeedWord = FeedSilent | FeedRestored;

/** The feed is silent. */
export interface FeedSilent extends Told {
  readonly kind: "feed-silent";
  /** What it brings: a kind of fact that is watched. */
  readonly feed: string;
  /** Id of the feed; absent in older messages. */
  readonly source?: string;
  readonly lastSeenAt?: Instant;
}

/** The feed is heard again. */
export interface FeedRestored extends Told {
  readonly kind: "feed-restored";
  readonly feed: string;
  readonly source?: string;
}

/** Who is silent by its watcher's word; new data ends a silence too. */
export const feedSilence: SiteFact<FeedWord, KnownSilence, KnownSilence, KnownSilence> = {
  kind: "feed-silence",
  scope: "site",
  called: "silent feeds",
  messages: {
    "feed-silent": { feed: name, source: optional(name), lastSeenAt: optional(instant) },
    "feed-restored": { feed: name, source: optional(name) },
  },
  none: { silentFeeds: [], silentSources: [] },
  absorb: (known, word, { site }) => {
    const { patch, isTurned } = silenceAfter(known, word, site);
    return { patch, relevant: false, ...(isTurned ? { turned: word.feed } : {}) };
  },
  freeze: ({ silentFeeds, silentSources = [] }) => ({
    silentFeeds,
    ...(silentSources.length === 0 ? {} : { silentSources }),
  }),
  recovered(records) {
    const { silentFeeds = [], silentSources = [] } = records.at(-1) ?? {};
    return { silentFeeds, silentSources };
  },
};

/** Who is silent after a watcher's word, and whether the kind of fact has turned. */
export function silenceAfter(
  known: KnownSilence,
  word: FeedWord,
  site: Pick<SiteView, "factSources">,
): { readonly patch: KnownSilence; readonly isTurned: boolean } {
  const { feed, source = feed, at } = word;
  if (word.kind === "feed-restored") return heard(known, feed, word.source, site);
  const before = sourcesSilent(known, feed, site);
  const isKnown = before.some((one) => one.feed === feed && one.source === source);
  return turnedBy(known, feed, isKnown ? before : [...before, { feed, source, at }], site);
}

/** Who is silent once a source of that kind is heard; all of them where it is not said which. */
export function heard(
  known: KnownSilence,
  feed: string,
  source: string | undefined,
  site: Pick<SiteView, "factSources">,
): { readonly patch: KnownSilence; readonly isTurned: boolean } {
  const isOther = (one: SilentSource): boolean =>
    one.feed !== feed || (source !== undefined && listed(site, feed) !== undefined && one.source !== source);
  return turnedBy(known, feed, sourcesSilent(known, feed, site).filter(isOther), site);
}

/** The sources that a site's plan lists for a kind of fact, each with its own age limit; undefined for none. */
export function listed(site: Pick<SiteView, "factSources">, feed: string): readonly ListedSource[] | undefined {
  return site.factSources?.[feed];
}

/** Since when a source is silent: `undefined` while it speaks, no `at` where it is not known. */
export function silenceOf(
  { silentFeeds, silentSources = [] }: KnownSilence,
  feed: string,
  source: string,
  site: Pick<SiteView, "factSources">,
): { readonly at?: Instant } | undefined {
  const own = silentSources.find(
    (one) => one.feed === feed && (one.source === source || listed(site, feed) === undefined),
  );
  return own ?? (silentFeeds.includes(feed) ? {} : undefined);
}

function turnedBy(
  { silentFeeds: before }: KnownSilence,
  feed: string,
  silentSources: readonly SilentSource[],
  site: Pick<SiteView, "factSources">,
): { readonly patch: KnownSilence; readonly isTurned: boolean } {
  const own = silentSources.filter((one) => one.feed === feed);
  const isSilent =
    listed(site, feed)?.every(({ source }) => own.some((one) => one.source === source)) ?? own.length > 0;
  const others = before.filter((one) => one !== feed);
  const silentFeeds = isSilent ? [...others, feed].toSorted() : others;
  return { patch: { silentFeeds, silentSources }, isTurned: isSilent !== before.includes(feed) };
}

/** With those of a kind that an older state has silent without saying which: every source that the plan lists. */
function sourcesSilent(
  { silentFeeds, silentSources = [] }: KnownSilence,
  feed: string,
  site: Pick<SiteView, "factSources">,
): readonly SilentSource[] {
  const isTold = silentSources.some((one) => one.feed === feed);
  if (isTold || !silentFeeds.includes(feed)) return silentSources;
  const all = listed(site, feed) ?? [{ source: feed }];
  return [...silentSources, ...all.map(({ source }) => ({ feed, source }))];
}

/** A watcher's word: `feed` is silent or heard again, `by` the feed's id. Its own id is of that and the moment. */
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
  const word = { id: id ?? `${kind}/${by}/${at}`, at, feed, source: by };
  if (kind === "feed-restored") return { kind, ...word };
  return lastSeenAt === undefined ? { kind, ...word } : { kind, ...word, lastSeenAt };
}

/** Whether a word says that the feed is silent. */
export function isSilentWord(word: FeedWord | undefined): boolean {
  return word?.kind === "feed-silent";
}
