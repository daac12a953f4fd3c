import type { GridEvidence } from "../market/gridEvidence.ts";
import type { GridLevel, GridPreAlert } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import { oneOf } from "./checks.ts";
import type { KnownDeployed } from "./deployedNow.ts";
import type { KnownSilence } from "./knownSilence.ts";
import type { KnownNotices } from "./noticesKnown.ts";
import type { ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** What feeds, sites and records call it. */
export const GRID_CONDITION = "grid-condition";
/** A level of the grid in a message. */
export const GRID_LEVEL = oneOf<GridLevel>(["normal", "conservation", "watch", "eea1", "eea2", "eea3", "unknown"]);

/** What a site is told of the grid by one source. */
export interface ToldGrid {
  readonly at: Instant;
  /** Id of the feed; absent in older messages: the one there was. */
  readonly feedId?: string;
  readonly source: string;
  /** The level that the source said last in two consecutive polls. */
  readonly level: GridLevel;
  /** When the first of these was observed. */
  readonly since?: Instant;
  /** What the newest poll says where that is another level, or `unknown`: it says none. */
  readonly next?: GridLevel;
  /** What the poll before said, where that is worse than the newest and `level`. */
  readonly above?: GridLevel;
  /** The state cannot be read: `level` is the one that is kept, or `unknown` when there is none. */
  readonly unreadable?: true;
  /** Stands until an input without it. */
  readonly preAlert?: GridPreAlert;
  readonly observedAt: Instant;
}

/** A level, or an alarm, that took effect, as a site is told. */
export interface GridConditionInput extends Told, ToldProvenance, ToldGrid {
  readonly kind: typeof GRID_CONDITION;
  readonly stateText: string;
  readonly prcMw?: number;
}

/** What a site knows of the grid. */
export interface GridState {
  /** The level in force. */
  readonly level: GridLevel;
  /** Since when, and by which sources: those that said it then. */
  readonly since?: Instant;
  readonly saidBy?: readonly string[];
  /** Of the newest evidence. */
  readonly observedAt?: Instant;
  /** Of the sources that speak, none can be read. */
  readonly unreadable?: true;
  /** PRC is below the figure of a Watch, by a source that speaks; beside the level, which ERCOT declares. */
  readonly preAlert?: GridPreAlert;
  /** A person has released the level; it stands again when a source that says so speaks. */
  readonly released?: { readonly actor: string; readonly reason: string; readonly at: Instant };
  /** What each source says, by its id. Absent in older states: `level` is that of the one source. */
  readonly evidence?: readonly GridEvidence[];
}

/** The grid as a site knows it. */
export interface KnownGrid {
  readonly grid: GridState;
}

/** The grid as a decision sees it; `assumed` where a replay has no feed of it. */
export interface FrozenGrid {
  readonly grid: GridState & { readonly assumed: boolean };
}

/** What of the known facts the grid goes by. */
export type SeenGrid = KnownGrid & KnownSilence & KnownNotices & KnownDeployed;
