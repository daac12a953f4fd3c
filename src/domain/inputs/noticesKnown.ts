import { worstOf } from "../market/gridLevels.ts";
import type { WeighedNotices } from "../market/gridEvidence.ts";
import type { GridNotice } from "../market/noticesInForce.ts";
import type { Instant } from "../units/instant.ts";
import { silenceOf } from "./feedSilence.ts";
import type { KnownSilence } from "./knownSilence.ts";
import type { SiteView } from "./siteFact.ts";

/** What feeds, sites and records call it. */
export const GRID_NOTICES = "grid-notices";

/** The notices that a site knows. */
export interface KnownNotices {
  readonly gridNotices?: {
    readonly inForce: readonly GridNotice[];
    /** Keys of messages that a person was told to read. */
    readonly forPerson: readonly string[];
    /** When the page was read. */
    readonly readAt: Instant;
  };
}

/** The notices that a site knows as they count at a moment; undefined where none of them has a level. */
export function weighedNotices(
  { gridNotices, ...silence }: KnownNotices & KnownSilence,
  site: SiteView,
  at: Instant,
): WeighedNotices | undefined {
  const counting = countingNotices({ gridNotices }, at);
  const level = worstOf(counting.map((notice) => notice.level ?? "unknown"));
  if (level === "unknown") return undefined;
  const ends = counting.filter((notice) => notice.level === level).map(({ until }) => until);
  const until = ends.includes(undefined) ? undefined : ends.toSorted().at(-1);
  const silent = silenceOf(silence, GRID_NOTICES, GRID_NOTICES, site);
  return {
    source: GRID_NOTICES,
    level,
    ...(until === undefined ? {} : { until }),
    isSilent: silent !== undefined,
    ...(silent?.at === undefined ? {} : { silentSince: silent.at }),
  };
}

/** The notices that count at a moment. */
export function countingNotices({ gridNotices }: KnownNotices, at: Instant): readonly GridNotice[] {
  return gridNotices?.inForce.filter(({ until }) => until === undefined || until > at) ?? [];
}
