import type { SilentFeed, SiteInput } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/** A mailbox input of one kind. */
export type Input<K extends SiteInput["kind"]> = Extract<SiteInput, { kind: K }>;
/** New state, and whether a decision could come out otherwise because of it. */
export type Absorbed = { readonly state: SiteState; readonly relevant: boolean };

/**
 * A watcher's word that its feed is silent. The settlement-price feed only carries the adder, so its silence changes no
 * decision.
 */
export function feedSilent(state: SiteState, feed: SilentFeed): Absorbed {
  if (state.silentFeeds.includes(feed)) return { state, relevant: false };
  return {
    state: { ...state, silentFeeds: [...state.silentFeeds, feed].toSorted() },
    relevant: feed !== "settlement-price",
  };
}

/** New data, or the watcher's word, ends a feed's silence. */
export function heard(state: SiteState, feed: SilentFeed): Absorbed {
  if (!state.silentFeeds.includes(feed)) return { state, relevant: false };
  return {
    state: { ...state, silentFeeds: state.silentFeeds.filter((one) => one !== feed) },
    relevant: feed !== "settlement-price",
  };
}
