import { isFeedSilent } from "./foldHealth.ts";
import type { FeedState } from "./feedState.ts";
import { feedWord, isSilentWord } from "./feedSilence.ts";
import type { PollResult, SilenceOfSite, WatchRules } from "./pollModel.ts";

/**
 * Which subscribers are told that a feed is silent, or heard again, each by its own age limit, and once while it lasts.
 * What each was told last is kept; sites that have left are forgotten.
 */
export function foldSilences(
  { feedId, silentAs: feed, subscribers = [] }: WatchRules,
  state: FeedState,
  { at, lastSeenAt }: Pick<PollResult, "at" | "lastSeenAt">,
): { readonly state: FeedState; readonly silences: readonly SilenceOfSite[] } {
  const known = state.told?.silences ?? {};
  const silences = subscribers.flatMap((subscriber): SilenceOfSite[] => {
    const { siteId } = subscriber;
    const silent = isFeedSilent(subscriber, state, at);
    if (silent === isSilentWord(known[siteId])) return [];
    return [{ siteId, word: feedWord(silent, { by: feedId, at, feed, lastSeenAt }) }];
  });
  if (silences.length === 0) return { state, silences };
  const words = { ...known, ...Object.fromEntries(silences.map(({ siteId, word }) => [siteId, word])) };
  const kept = subscribers.flatMap(({ siteId }) => (words[siteId] === undefined ? [] : [[siteId, words[siteId]]]));
  return { state: { ...state, told: { ...state.told, silences: Object.fromEntries(kept) } }, silences };
}
