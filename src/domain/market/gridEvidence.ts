import type { Instant } from "../units/instant.ts";
import type { GridLevel, GridPreAlert } from "./model.ts";

/** What a site knows of the grid by one source. */
export interface GridEvidence {
  /** Id of the feed. */
  readonly source: string;
  /** Kind of source, e.g. `dashboard/daily-prc`: two routes to one page are of one kind. Absent in older evidence. */
  readonly report?: string;
  /** The level that the source said last in two consecutive polls; `unknown` before. */
  readonly level: GridLevel;
  /** The first of these polls; absent where it was not told. */
  readonly since?: Instant;
  /** What its newest poll says where that is another level: once so far. `unknown`: it cannot be read. */
  readonly next?: { readonly level: GridLevel; readonly observedAt: Instant };
  /** What the poll before said, where that is worse than both: one poll that says less lets no level fall. */
  readonly above?: GridLevel;
  readonly observedAt?: Instant;
  /** Since when its state cannot be read: until then it has said its level, or a worse one. */
  readonly unreadableSince?: Instant;
  /** When it was heard or read again, or said its level again after another; absent where it always did. */
  readonly backSince?: Instant;
  readonly preAlert?: GridPreAlert;
}

/** The gravest of the operations messages that are in force. They are no poll: they raise nothing by themselves. */
export interface WeighedNotices {
  /** What they are called among the sources. */
  readonly source: string;
  readonly level: GridLevel;
  /** When they say it no more; absent where only their end ends them. */
  readonly until?: Instant;
  /** The page is silent or cannot be read. */
  readonly isSilent: boolean;
  readonly silentSince?: Instant;
}

/** A source with what its freshness goes by. */
export interface WeighedEvidence extends GridEvidence {
  readonly isSilent: boolean;
  /** When the site was told of the silence; absent where that is not known. */
  readonly silentSince?: Instant;
  /** Age of what the source said last at which it is silent, market seconds. */
  readonly silentAfterSeconds: number;
}
