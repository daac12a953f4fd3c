import type { Absorbed } from "./absorbSilence.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Orders released and instructions recalled that a site remembers. */
export const CLOSED_IDS = 50;

/** Ids of what was closed, with one more; the newest 50. */
export function closedWith(closedIds: readonly string[], id: string): readonly string[] {
  return [...closedIds.filter((one) => one !== id), id].slice(-CLOSED_IDS);
}

/** Takes orders or instructions off a site's list; a repeated message does not bring them back. */
export function close<K extends "orders" | "instructions">(
  state: SiteState,
  list: K,
  matches: (one: SiteState[K][number]) => boolean,
  id: string,
): Absorbed {
  const remaining = (state[list] as readonly SiteState[K][number][]).filter((one) => !matches(one));
  const closedIds = closedWith(state.closedIds, id);
  return { state: { ...state, [list]: remaining, closedIds }, relevant: remaining.length < state[list].length };
}
