import { afterEach, describe, expect, it } from "vitest";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import type { FoldedPoll, PollResult, WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import type { FeedPoll, MarketFeed } from "../../../src/ports/marketFeed.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import type { ErcotFault, ErcotRequest } from "../../../src/simulators/ercot/faults.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../../simulators/ercot/market.ts";
import { dailyPrcFeed } from "../../support/feeds.ts";

afterEach(closeSimulators);

/** Real milliseconds that a poll may take of a dead source; of a good one it has time on any machine. */
const [DEAD_MS, GOOD_MS] = [300, 20_000];
const RULES: WatchRules = {
  feedId: "grid-condition",
  silentAs: "grid-condition",
  silentAfterSeconds: 300,
  role: "record",
};

/**
 * The page of the grid's condition, polled every minute from 19:21 of the scarcity evening, during EEA 1, as its feed
 * does; how each poll ended, and what the sites were told.
 */
async function evening(faultAt: (minute: number) => ErcotFault | undefined, minutes: number) {
  const clock = new HandClock("2026-08-18T19:21:20-05:00");
  const from = clock.at;
  let asked = 0;
  const { url } = await simulate({
    clock,
    day: demoDay(),
    faults: ({ nowMs }: ErcotRequest) => {
      asked += 1;
      return faultAt(Math.floor((nowMs - Date.parse(from)) / 60_000));
    },
  });
  const [dead, good] = [DEAD_MS, GOOD_MS].map((timeoutMs) => dailyPrcFeed({ baseUrl: url, timeoutMs }));
  let [cursor, state]: [string | undefined, FeedState] = [undefined, {}];
  const folded: FoldedPoll[] = [];
  const failed: (string | undefined)[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    clock.at = addSeconds(from, minute * 60);
    const feed = (faultAt(minute) === undefined ? good : dead) as MarketFeed;
    const answer: FeedPoll | Error = await feed.poll(cursor, clock.at).catch((error: Error) => error);
    const poll: PollResult =
      answer instanceof Error
        ? { at: clock.at, read: [], problems: [], failed: answer.message }
        : {
            at: clock.at,
            problems: [],
            read: answer.documents.map((document) => {
              const observations = [...feed.parse(document, "hash")];
              return { observations, stored: observations.map((observation) => ({ observation, version: 1 })) };
            }),
          };
    const next = foldPoll(RULES, state, poll);
    cursor = answer instanceof Error ? cursor : answer.cursor;
    state = next.state;
    folded.push(next);
    failed.push(poll.failed);
  }
  const told = folded.map(({ news }) =>
    news.map((one) => (one.kind === "grid-condition" ? `level ${one.level}` : one.kind)).join(", "),
  );
  return { failed, told, words: folded.flatMap(({ words }) => words.map(({ text }) => text)), asked };
}

describe("a source that dies half-open after a good start: it takes the request, sends half a page and no more", () => {
  it.each(["half", "hang"] as const)(
    "is silent five minutes after what it said last, keeps EEA 1, and no poll hangs with it (%s)",
    async (kind) => {
      const { failed, told, words, asked } = await evening(
        (minute) => (minute >= 3 && minute < 10 ? { kind } : undefined),
        13,
      );
      expect(failed.map((one) => one !== undefined)).toEqual([
        ...Array<boolean>(3).fill(false),
        ...Array<boolean>(7).fill(true),
        ...Array<boolean>(3).fill(false),
      ]);
      expect(failed[3]).toMatch(/no whole answer within 300 ms/);
      expect(told.slice(0, 3).filter((one) => one !== "")).toEqual(["level unknown", "level eea1"]);
      expect(told.slice(3).filter((one) => one !== "")).toEqual(["feed-silent", "feed-restored"]);
      expect(told.findIndex((one) => one === "feed-silent")).toBe(7);
      expect(told.findIndex((one) => one === "feed-restored")).toBe(10);
      expect(words.filter((text) => text.startsWith("poll failed"))).toHaveLength(1);
      expect(asked).toBe(13);
    },
    60_000,
  );
});
