import { afterFailedPoll, type FeedState, type RouteState } from "./feedState.ts";
import type { FeedRules, Word } from "./marketFact.ts";
import type { FoldedPoll, PollResult } from "./pollModel.ts";

/** A route that fails while another carries on is told once, and again with its end, as a feed's own failures are. */
export function foldRoutes(
  { feedId }: FeedRules,
  state: FeedState,
  { at, routes = [] }: PollResult,
): Pick<FoldedPoll, "state" | "words"> {
  const words: Word[] = [];
  const after: Record<string, RouteState> = { ...state.routes };
  for (const { route, failed } of routes) {
    const before = after[route];
    if (failed === undefined) {
      if (before?.failing !== undefined) {
        const { since, polls } = before.failing;
        words.push({ level: "info", text: `route ${route} answers again`, fields: { feedId, at, since, polls } });
      }
      after[route] = { answeredAt: at };
      continue;
    }
    const { failing, isNews } = afterFailedPoll(before?.failing, failed, at);
    after[route] = { ...before, failing };
    const { problem, since, polls } = failing;
    const text = `route ${route} does not answer; the other carries on`;
    if (isNews) words.push({ level: "warn", text, fields: { feedId, at, problem, since, polls } });
  }
  return routes.length === 0 ? { state, words } : { state: { ...state, routes: after }, words };
}
