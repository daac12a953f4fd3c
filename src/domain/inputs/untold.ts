import { isMarketInput, marketFact } from "./marketFacts.ts";
import type { FeedNews } from "./feedState.ts";
import type { FoldedPoll } from "./pollModel.ts";

/** What polls came to and some site may not have been told yet. Plain JSON. */
export type Untold = Pick<FoldedPoll, "news" | "silences" | "corrections" | "riders">;

/** News of a source that cannot be told; older ones have been overtaken by then. */
const NEWS_MAX = 100;

/**
 * Whether a poll's news has to be kept before the telling begins. What is told on change alone is not given again: a
 * page may show what it showed before by the time of the next poll, and who heard the news would keep it. A dated
 * document is read again until it is told.
 */
export function isKeptUntilTold({ news, silences }: Pick<FoldedPoll, "news" | "silences">): boolean {
  return silences.length > 0 || news.some(isToldOnChange);
}

/** All that is to be told now, in its order: what was left over, then what the poll came to. */
export function toBeTold(left: Untold | undefined, { news, silences, corrections, riders }: Untold): Untold {
  if (left === undefined) return { news, silences, corrections, riders };
  return {
    news: [...left.news, ...news].slice(-NEWS_MAX),
    silences: [...left.silences, ...silences].slice(-NEWS_MAX),
    corrections: [...left.corrections, ...corrections],
    riders: [...left.riders, ...riders].slice(-NEWS_MAX),
  };
}

function isToldOnChange(one: FeedNews): boolean {
  return !isMarketInput(one) || marketFact(one.kind).standsUntilChanged === true;
}
