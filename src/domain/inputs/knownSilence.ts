import type { Instant } from "../units/instant.ts";

/** A feed that is silent: the kind of fact that it brings, its id, and since when the site knows. */
export interface SilentSource {
  readonly feed: string;
  readonly source: string;
  /** Absent where an older state does not say. */
  readonly at?: Instant;
}

/** Who is silent by its watcher's word. */
export interface KnownSilence {
  /** Kinds of facts of which every source is silent, in the order of their names. */
  readonly silentFeeds: readonly string[];
  /** The sources, in the order of the words. Absent in older states, and in records where none is. */
  readonly silentSources?: readonly SilentSource[];
}
