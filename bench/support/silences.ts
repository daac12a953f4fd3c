import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";

/** A site was told that a feed is silent, or back. */
export interface Telling {
  readonly kind: "feed-silent" | "feed-restored";
  readonly feed: string;
  readonly at: Instant;
}

/** A feed that the script kept from answering. */
export interface Stop {
  readonly feed: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** Something was away without which nothing can be heard of a feed: a silence told then is true. */
export interface Outage {
  readonly from: Instant;
  readonly to: Instant;
}

export interface SilenceVerdict {
  /** Told while the feed answered, or told twice; each in words. */
  readonly falseSilences: readonly string[];
  /** A feed stopped and nobody told the site. */
  readonly missed: readonly string[];
  /** Told silent, and to this hour not told back though the feed is. */
  readonly unended: readonly string[];
  readonly toldRight: number;
}

/** After a feed answers again, or a server is back, this long may pass until what is due has been told. */
const GRACE_SECONDS = 90;

/** Holds what a site was told of silences against what really happened to its feeds. */
export function judgeSilences(
  tellings: readonly Telling[],
  stops: readonly Stop[],
  outages: readonly Outage[] = [],
): SilenceVerdict {
  const sorted = [...tellings].sort((a, b) => (a.at < b.at ? -1 : 1));
  const within = (at: Instant, { from, to }: Outage): boolean => at >= from && at <= addSeconds(to, GRACE_SECONDS);
  const told = new Set<Stop>();
  const falseSilences: string[] = [];
  for (const { kind, feed, at } of sorted) {
    if (kind !== "feed-silent") continue;
    const stop = stops.find((one) => one.feed === feed && within(at, one));
    if (stop && !told.has(stop)) told.add(stop);
    else if (!outages.some((one) => within(at, one)))
      falseSilences.push(`${feed} told silent at ${at}${stop ? " a second time" : " while it answered"}`);
  }
  const open = new Map<string, Instant>();
  for (const { kind, feed, at } of sorted) {
    if (kind === "feed-restored") open.delete(feed);
    else if (!open.has(feed)) open.set(feed, at);
  }
  return {
    falseSilences,
    missed: stops.filter((stop) => !told.has(stop)).map(({ feed, from, to }) => `${feed} from ${from} to ${to}`),
    unended: [...open].map(([feed, at]) => `${feed} told silent at ${at} and never told back`),
    toldRight: told.size,
  };
}
