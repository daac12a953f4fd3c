import { isEmergency, isWorse } from "../market/gridLevels.ts";
import type { GridLevel, GridPreAlert } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { FeedRestored, KnownSilence } from "./feedSilence.ts";
import { isSilent } from "./isSilent.ts";
import { GRID_LEVEL_ID, type ReleaseInput } from "./orders.ts";
import type { About, Absorbed } from "./siteFact.ts";

export { GRID_LEVEL_ID };

/** What feeds, sites and records call it. */
export const GRID_CONDITION = "grid-condition";

/** What a site is told of the grid. */
export interface ToldGrid {
  readonly at: Instant;
  readonly level: GridLevel;
  /** The state cannot be read: `level` is the one that is kept, or `unknown` when there is none. */
  readonly unreadable?: true;
  /** Stands until an input without it. */
  readonly preAlert?: GridPreAlert;
  readonly observedAt: Instant;
}

/** What a site knows of the grid. */
export interface GridState {
  /** The last level that was read. It stands while the source is silent or cannot be read. */
  readonly level: GridLevel;
  readonly observedAt?: Instant;
  /** The source speaks, but its state cannot be read. */
  readonly unreadable?: true;
  /** PRC is below the figure of a Watch; beside the level, which ERCOT declares. */
  readonly preAlert?: GridPreAlert;
  /** A person has released the level; it stands again when the source speaks. */
  readonly released?: { readonly actor: string; readonly reason: string; readonly at: Instant };
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
export type SeenGrid = KnownGrid & KnownSilence;

/**
 * A grid condition, unless older than the known one. Level and readability are two facts: a state that cannot be read
 * raises the level at most, and an unknown level keeps the known one. Only a fresh one ends the feed's silence.
 */
export function gridTold({ grid: known }: SeenGrid, input: ToldGrid, { site }: About): Absorbed<KnownGrid> {
  if (known.observedAt !== undefined && input.observedAt < known.observedAt) return { patch: {}, relevant: false };
  const isFresh = !isSilent(input.observedAt, input.at, site.staleness.gridConditionSeconds);
  const isUnreadable = input.unreadable === true;
  const isKept = (isUnreadable || input.level === "unknown") && !isWorse(input.level, known.level);
  const level = isKept ? known.level : input.level;
  const grid: GridState = {
    level,
    observedAt: input.observedAt,
    ...(isUnreadable ? { unreadable: true } : {}),
    ...(input.preAlert === undefined ? {} : { preAlert: input.preAlert }),
    ...(isUnreadable && level === known.level && known.released ? { released: known.released } : {}),
  };
  const relevant =
    level !== known.level ||
    grid.unreadable !== known.unreadable ||
    grid.released !== known.released ||
    (site.onPrcPreAlert !== "none" && grid.preAlert?.observedAt !== known.preAlert?.observedAt);
  return { patch: { grid }, relevant, ...(isFresh ? { isHeard: true } : {}) };
}

/** The level that was left standing claims nothing until the source speaks again. */
export function gridRelease(known: SeenGrid, { orderId, actor, reason, at }: ReleaseInput): Absorbed<KnownGrid> {
  if (orderId !== GRID_LEVEL_ID || gridReleaseProblem(known) !== undefined) return { patch: {}, relevant: false };
  return { patch: { grid: { ...known.grid, released: { actor, reason, at } } }, relevant: true };
}

/** The level that the source said last stands again: it says what has changed since. */
export function gridRestored({ grid: known }: SeenGrid, { feed }: FeedRestored): Absorbed<KnownGrid> {
  const { released, ...grid } = known;
  if (feed !== GRID_CONDITION || released === undefined || grid.unreadable === true)
    return { patch: {}, relevant: false };
  return { patch: { grid }, relevant: true };
}

/**
 * Why the grid level cannot be released, for whoever asked; undefined when it can: EEA 1 or above, its source silent or
 * not to be read. A source that speaks is believed, so its level is not released.
 */
export function gridReleaseProblem({ grid, silentFeeds }: SeenGrid): string | undefined {
  const { level, unreadable, released } = grid;
  if (!isEmergency(level)) return `the grid level is ${level}; only a level of EEA 1 or above is released`;
  if (released !== undefined) return `the grid level is released already, by ${released.actor}`;
  return unreadable === true || silentFeeds.includes(GRID_CONDITION)
    ? undefined
    : `the grid condition is read and says ${level}; place an order to run against it`;
}
