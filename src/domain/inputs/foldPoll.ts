import type { Instant } from "../units/instant.ts";
import { withUnmatched } from "./crossCheck.ts";
import { afterTelling, type FeedState } from "./feedState.ts";
import { foldAnswer, foldProblems, foldSilence } from "./foldHealth.ts";
import { foldRoutes } from "./foldRoutes.ts";
import { foldSilences } from "./foldSilences.ts";
import type { Correction, Word } from "./marketFact.ts";
import { MARKET_FACTS } from "./index.ts";
import { isTold, marketFact, type MarketInput, type MarketObservation, type StoredObservation } from "./marketFacts.ts";
import { newestSaidAt } from "./newestSaidAt.ts";
import type { FoldedPoll, PollResult, WatchRules } from "./pollModel.ts";

/**
 * What one poll of a feed comes to: state, news for the sites, days to settle again, lines for the log. Loops over the
 * listed facts and knows none of them. A source that fails, is odd, or falls silent is told once while it does.
 */
export function foldPoll(rules: WatchRules, before: FeedState, poll: PollResult): FoldedPoll {
  const answered = foldAnswer(rules, { watchedSince: poll.at, ...before }, poll);
  const routed = foldRoutes(rules, answered.state, poll);
  const { lastDocument = routed.state.lastDocument } = poll;
  const read = foldDocuments(rules, { ...routed.state, lastDocument }, poll);
  const odd = foldProblems(rules, read.state, poll);
  const silence = foldSilence(rules, odd.state, poll);
  const isRecord = rules.role === "record" && rules.subscribers !== undefined;
  const own = isRecord ? foldSilences(rules, silence.state, poll) : { state: silence.state, silences: [] };
  const news = [...inTheirOrder(read.news), ...silence.news];
  const riders = inTheirOrder(read.riders);
  const told = afterTelling(own.state, [...riders, ...news]);
  const { againInSeconds } = read;
  return {
    state: againInSeconds === undefined ? told : { ...told, isReadAgain: true },
    news,
    riders,
    silences: own.silences,
    corrections: read.corrections,
    words: [answered, routed, read, odd, silence].flatMap(({ words }) => words),
    ...(againInSeconds === undefined ? {} : { againInSeconds }),
  };
}

/** What the documents say, each kind of fact by its own rule. */
function foldDocuments(
  rules: WatchRules,
  before: FeedState,
  { at, read, saidAt }: PollResult,
): Omit<FoldedPoll, "news" | "silences"> & {
  readonly news: readonly MarketInput[];
} {
  let state = saidAt === undefined ? before : { ...before, saidAt: newer(saidAt, before.saidAt) };
  const news: MarketInput[] = [];
  const riders: MarketInput[] = [];
  const corrections: Correction[] = [];
  const words: Word[] = [];
  let againInSeconds: number | undefined;
  for (const { observations, stored } of read) {
    state = { ...state, saidAt: newestSaidAt(observations, at, state.saidAt) };
    if (rules.role === "cross-check") {
      const changed = stored.map(({ observation }) => observation);
      state = { ...state, unmatched: withUnmatched(state.unmatched, changed) };
      continue;
    }
    for (const { observation, version } of counted(observations, stored)) {
      const { kind } = observation;
      if (!isTold(kind)) continue;
      const heard = marketFact(kind).hear(observation, version, at, rules, state.memory?.[kind]);
      if (heard.memory !== undefined) state = { ...state, memory: { ...state.memory, [kind]: heard.memory } };
      const waits = marketFact(kind).rides === true && heard.isUrgent !== true;
      if (heard.input !== undefined) (waits ? riders : news).push(heard.input);
      if (heard.correction !== undefined) corrections.push(heard.correction);
      words.push(...(heard.words ?? []));
      againInSeconds = heard.againInSeconds;
    }
  }
  return { state, news, riders, corrections, words, againInSeconds };
}

/** What is new or changed, and of what every poll counts all that was read. */
function counted(
  observations: readonly MarketObservation[],
  stored: readonly StoredObservation[],
): readonly StoredObservation[] {
  const isCounted = (kind: string): boolean => isTold(kind) && marketFact(kind).everyPollCounts === true;
  const every = observations.filter(({ kind }) => isCounted(kind));
  const changed = stored.filter(({ observation }) => !isCounted(observation.kind));
  return [...changed, ...every.map((observation) => ({ observation, version: 1 }))];
}

function newer(a: Instant, b: Instant | undefined): Instant {
  return b !== undefined && b > a ? b : a;
}

/** Fact by fact in the order of the list. */
function inTheirOrder(news: readonly MarketInput[]): readonly MarketInput[] {
  return MARKET_FACTS.flatMap(({ kind }) => {
    const own = news.filter((one) => one.kind === kind);
    return marketFact(kind).inOrder?.(own) ?? own;
  });
}
