import { cleanText } from "../units/foreignText.ts";
import type { Instant } from "../units/instant.ts";
import { feedWord } from "./feedSilence.ts";
import { afterFailedPoll, type FeedState } from "./feedState.ts";
import { isSilent } from "./isSilent.ts";
import type { FeedRules, Word } from "./marketFact.ts";
import type { FoldedPoll, PollResult, WatchRules } from "./pollModel.ts";

/** What was left out of a source's answers and is remembered as told. */
const REPORTED_MAX = 20;

type Part = Pick<FoldedPoll, "state" | "words">;

/** Whether what the source said last is older than its limit. One that never said anything: since the first poll. */
export function isFeedSilent(
  { silentAfterSeconds }: Pick<FeedRules, "silentAfterSeconds">,
  state: FeedState,
  at: Instant,
): boolean {
  return isSilent(state.saidAt ?? state.watchedSince ?? at, at, silentAfterSeconds);
}

/** The end of a row of failed polls is told with its length. */
export function foldAnswer({ feedId }: FeedRules, state: FeedState, { at, failed }: PollResult): Part {
  if (failed !== undefined) {
    const { failing, isNews } = afterFailedPoll(state.failing, failed, at);
    const { problem, since, polls } = failing;
    const text = "poll failed; asking again at the next poll";
    const words = isNews ? [{ level: "warn" as const, text, fields: { feedId, at, problem, since, polls } }] : [];
    return { state: { ...state, failing }, words };
  }
  const { failing, isReadAgain: _answered, ...rest } = state;
  if (failing === undefined) return { state: { ...rest, answeredAt: at }, words: [] };
  const { since, polls } = failing;
  const word = { level: "info" as const, text: "polls succeed again", fields: { feedId, at, since, polls } };
  return { state: { ...rest, answeredAt: at }, words: [word] };
}

/** Each oddity of a source is told once while it stands there, however often the source is asked. */
export function foldProblems({ feedId }: FeedRules, state: FeedState, { at, problems }: PollResult): Part {
  const told = state.reported ?? [];
  const all = new Set(problems.map((problem) => cleanText(problem)));
  const fresh = [...all].filter((problem) => !told.includes(problem));
  const text = "left out of what the source says; the rest is read";
  return {
    state: fresh.length === 0 ? state : { ...state, reported: [...told, ...fresh].slice(-REPORTED_MAX) },
    words: fresh.map((problem) => ({ level: "error" as const, text, fields: { feedId, at, problem } })),
  };
}

/** Sites hear of the feed that their decisions rest on, not of the one beside it; those with own limits, apart. */
export function foldSilence(
  rules: WatchRules,
  state: FeedState,
  { at, lastSeenAt }: PollResult,
): Part & Pick<FoldedPoll, "news"> {
  const silent = isFeedSilent(rules, state, at);
  if (silent === (state.silent === true)) return { state: { ...state, silent }, news: [], words: [] };
  const { feedId, silentAs: feed, role, subscribers } = rules;
  const fields = { feedId, at, saidAt: state.saidAt };
  const word: Word = silent
    ? { level: "warn", text: "feed silent", fields }
    : { level: "info", text: "feed heard again", fields };
  const news = feedWord(silent, { by: feedId, at, feed, lastSeenAt });
  return {
    state: { ...state, silent },
    news: role === "record" && subscribers === undefined ? [news] : [],
    words: [word],
  };
}
