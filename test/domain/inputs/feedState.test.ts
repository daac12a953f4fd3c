import { describe, expect, it } from "vitest";
import {
  afterFailedPoll,
  afterTelling,
  type FailingPolls,
  type FeedNews,
  type FeedState,
  standingInputs,
} from "../../../src/domain/inputs/feedState.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { at, hashprice, modes, scedLmp, site, TestSite } from "../decision/site.ts";

const grid = (time: string, level: GridLevel): FeedNews => ({
  kind: "grid-condition",
  id: `grid/${time}`,
  at: at(time),
  level,
  stateText: level,
  observedAt: at(time),
  source: "test",
  contentHash: "00",
});
const silence = (kind: "feed-silent" | "feed-restored", time: string): FeedNews => ({
  kind,
  id: `${kind}/${time}`,
  at: at(time),
  feed: "grid-condition",
});
const told = (...polls: readonly (readonly FeedNews[])[]): FeedState =>
  JSON.parse(JSON.stringify(polls.reduce<FeedState>((state, news) => afterTelling(state, news), {}))) as FeedState;

/** Two feeds that have told nobody anything new since the afternoon: EEA 2, and the hashprice. */
const feeds = [
  told([grid("14:00:00", "normal")], [], [grid("17:00:00", "eea2")], []),
  told([hashprice("06:00:00")], []),
  told([scedLmp("18:25:10", 30)]),
];

describe("a site that begins while its feeds have been running", () => {
  it("knows the grid level and the hashprice at its first decision, though neither has changed since the afternoon", () => {
    const one = new TestSite(site({ gridSource: "feed" }));
    for (const input of [...standingInputs(feeds, undefined), scedLmp("18:29:50", 30)]) one.take(input);
    expect(modes(one.records.at(-1)!.output)).toBe("a:off/eea-policy");
    expect(one.records.at(-1)?.input.facts).toMatchObject({ grid: { level: "eea2" }, hashprice: { usdPerPhDay: 54 } });
  });

  it("is told of a silence that lasts after the level it follows, and of none that is over", () => {
    const state = told([grid("17:00:00", "watch")], [silence("feed-silent", "17:06:00")]);
    expect(standingInputs([state], undefined).map(({ id }) => id)).toEqual(["grid/17:00:00", "feed-silent/17:06:00"]);
    const over = afterTelling(state, [silence("feed-restored", "17:20:00")]);
    const one = new TestSite(site({ gridSource: "feed" }));
    for (const input of standingInputs([over], undefined)) one.take(input);
    expect(one.state.silentFeeds).toEqual([]);
  });

  it("is not told again what its own records already say", () => {
    expect(standingInputs(feeds, at("18:00:00"))).toEqual([]);
    expect(standingInputs(feeds, at("16:00:00")).map(({ id }) => id)).toEqual(["grid/17:00:00"]);
  });

  it("starts with nothing where its feeds have told nothing", () => {
    expect(standingInputs([{}, {}], undefined)).toEqual([]);
  });
});

describe("polls that fail one after another", () => {
  const away = "https://example.test/list: status 503; try again in 30 s";
  const told = (polls: readonly (readonly [time: string, problem: string])[]): string[] => {
    let failing: FailingPolls | undefined;
    return polls.flatMap(([time, problem]) => {
      const after = afterFailedPoll(failing, problem, at(time));
      ({ failing } = after);
      return after.isNews ? [`${time} ${after.failing.polls}`] : [];
    });
  };

  it("are told at the first one, and again after an hour, with their number", () => {
    const minutes = Array.from({ length: 121 }, (_, i): [string, string] => [
      `${18 + Math.floor(i / 60)}:${String(i % 60).padStart(2, "0")}:00`,
      away,
    ]);
    expect(told(minutes)).toEqual(["18:00:00 1", "19:00:00 61", "20:00:00 121"]);
  });

  it("are told at once when they fail in another way, not when the source asks for another pause", () => {
    const longer = away.replace("30 s", "45 s");
    const slow = "https://example.test/list: no whole answer within 10000 ms (ETIMEDOUT)";
    expect(
      told([
        ["18:00:00", away],
        ["18:01:00", longer],
        ["18:02:00", slow],
        ["18:03:00", slow],
      ]),
    ).toEqual(["18:00:00 1", "18:02:00 3"]);
  });
});
