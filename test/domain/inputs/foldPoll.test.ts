import { describe, expect, it } from "vitest";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import { type FeedState, standingInputs } from "../../../src/domain/inputs/feedState.ts";
import type { MarketObservation, StoredObservation } from "../../../src/domain/inputs/marketFacts.ts";
import type { FoldedPoll, PollResult, WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const at = (time: string) => parseInstant(`2026-08-18T${time}-05:00`);
const provenance = (documentId: string) =>
  ({ source: "test", documentId, contentHash: documentId, fetchedAt: at("19:00:00"), quality: "PUBLISHED" }) as const;
const run = (time: string, lmpUsdPerMwh: string): MarketObservation => ({
  ...provenance(time),
  kind: "sced-lmp",
  settlementPoint: "HB_WEST",
  scedAt: at(time),
  lmpUsdPerMwh,
});
const settled = (hourEnding: number, interval: number, priceUsdPerMwh: string): MarketObservation => ({
  ...provenance(`${hourEnding}/${interval}`),
  kind: "settlement-price",
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  interval: { operatingDay: "2026-08-18", hourEnding, interval, repeatedHour: false },
  priceUsdPerMwh,
});
const grid = (time: string, level: GridLevel, prcMw = 6_000): MarketObservation => ({
  ...provenance(time),
  kind: "grid-condition",
  level,
  stateText: level,
  prcMw,
  observedAt: at(time),
});
const prices: WatchRules = { feedId: "sced", silentAs: "sced-lmp", silentAfterSeconds: 420, role: "record" };
const grids: WatchRules = { ...prices, feedId: "grid", silentAs: "grid-condition", silentAfterSeconds: 300 };

const poll = (
  time: string,
  observations: readonly MarketObservation[],
  rest: Partial<PollResult> = {},
): PollResult => ({
  at: at(time),
  read: observations.length === 0 ? [] : [{ observations, stored: versions(observations) }],
  problems: [],
  ...rest,
});
const versions = (observations: readonly MarketObservation[], version = 1): StoredObservation[] =>
  observations.map((observation) => ({ observation, version }));
const after = (rules: WatchRules, ...polls: readonly PollResult[]): FoldedPoll[] => {
  let state: FeedState = {};
  return polls.map((one) => {
    const folded = foldPoll(rules, state, one);
    state = JSON.parse(JSON.stringify(folded.state)) as FeedState;
    return folded;
  });
};
const ids = (
  { news }: FoldedPoll | undefined = { news: [], riders: [], silences: [], state: {}, corrections: [], words: [] },
) => news.map(({ id }) => id);
const texts = ({ words }: FoldedPoll) => words.map(({ text }) => text);

describe("a feed that two sites share, each with a limit of its own", () => {
  const shared: WatchRules = {
    ...prices,
    subscribers: [
      { siteId: "north", silentAfterSeconds: 420 },
      { siteId: "south", silentAfterSeconds: 900 },
    ],
  };
  const told = ({ silences }: FoldedPoll) => silences.map(({ siteId, word }) => `${siteId} ${word.kind}`);

  it("is silent for the one after 7 minutes, for the other after 15, and heard again by both at the next run", () => {
    const polls = after(
      shared,
      poll("19:01:00", [run("19:00:12", "38.00")]),
      poll("19:07:00", []),
      poll("19:07:20", []),
      poll("19:15:20", []),
      poll("19:15:50", [run("19:15:09", "41.00")]),
    );
    expect(polls.map(told)).toEqual([
      [],
      [],
      ["north feed-silent"],
      ["south feed-silent"],
      ["north feed-restored", "south feed-restored"],
    ]);
    expect(polls.flatMap(ids).filter((id) => id.startsWith("feed-"))).toEqual([]);
  });

  it("tells a site that begins of its own silence alone, and forgets a site that has left", () => {
    const [, silent] = after(shared, poll("19:01:00", [run("19:00:12", "38.00")]), poll("19:08:00", []));
    const state = silent?.state as FeedState;
    const standing = (siteId: string) => standingInputs([state], undefined, siteId).map(({ kind }) => kind);
    expect([standing("north"), standing("south"), standing("west")]).toEqual([["feed-silent"], [], []]);
    const { state: later } = foldPoll({ ...shared, subscribers: [{ siteId: "west", silentAfterSeconds: 60 }] }, state, {
      ...poll("19:09:00", []),
    });
    expect(Object.keys(later.told?.silences ?? {})).toEqual(["west"]);
  });
});

describe("what a poll comes to", () => {
  it("is every run in its order, and a decision on the newest alone after a gap", () => {
    const [one] = after(prices, poll("19:06:00", [run("19:05:10", "42.10"), run("19:00:12", "38.00")]));
    expect(one!.news.map(({ id, ...rest }) => [id, "newerFollows" in rest && rest.newerFollows])).toEqual([
      [`sced-lmp/HB_WEST/${at("19:00:12")}/1`, true],
      [`sced-lmp/HB_WEST/${at("19:05:10")}/1`, false],
    ]);
  });

  it("is nothing for the sites of a price of an hour ago, which is kept all the same", () => {
    const [one] = after(prices, poll("19:06:00", [run("18:05:10", "42.10")]));
    expect(ids(one)).toEqual([`feed-silent/sced/${at("19:06:00")}`]);
    expect(one?.state.saidAt).toBe(at("18:05:10"));
  });

  it("is a day settled again where a settlement price is corrected, and the new price to the sites", () => {
    const rules: WatchRules = { ...prices, silentAs: "settlement-price", silentAfterSeconds: 3_600 };
    const corrected = [settled(19, 4, "55.25")];
    const folded = foldPoll(
      rules,
      {},
      { ...poll("19:16:00", corrected), read: [{ observations: corrected, stored: versions(corrected, 2) }] },
    );
    expect(folded.corrections).toEqual([
      {
        operatingDay: "2026-08-18",
        id: "price/HB_WEST/HU/2026-08-18/19/4/2",
        why: "settlement price of 2026-08-18/19/4 is 55.25 $/MWh (version 2)",
      },
    ]);
    expect(ids(folded)).toEqual(["settlement-price/HB_WEST/HU/2026-08-18/19/4/2"]);
    expect(after(rules, poll("19:16:00", [settled(19, 4, "54.00")]))[0]?.corrections).toEqual([]);
  });

  it("is a grid level at the second poll that agrees, also where the store has the value already", () => {
    const seen = (time: string, level: GridLevel): PollResult => ({
      ...poll(time, []),
      read: [{ observations: [grid(time, level)], stored: [] }],
    });
    const polls = after(grids, seen("19:00:00", "eea2"), seen("19:01:00", "eea2"), seen("19:02:00", "eea2"));
    expect(polls.map(ids)).toEqual([["grid/19:00:00/unknown/eea2"], ["grid/19:01:00/eea2"], []]);
    expect(polls.at(-1)?.state.told?.value).toMatchObject({ level: "eea2" });
  });

  it("is a pre-alert told at its beginning and end where PRC crosses the figure of a Watch twice", () => {
    const rules = { ...grids, watchBelowMw: 3_000 };
    const prc = (time: string, prcMw: number) => poll(time, [grid(time, "normal", prcMw)]);
    const polls = after(
      rules,
      prc("19:00:00", 2_900),
      prc("19:01:00", 2_800),
      prc("19:02:00", 3_100),
      prc("19:03:00", 3_200),
    );
    expect(polls.flatMap(texts)).toEqual(["PRC pre-alert", "PRC pre-alert over"]);
    expect(polls[1]?.news.at(-1)).toMatchObject({ preAlert: { prcMw: 2_800, belowMw: 3_000 } });
  });

  it("is silence told once when it begins and once when it ends, to nobody where the feed is a cross-check", () => {
    const quiet = [poll("19:06:00", [run("19:05:10", "42.10")]), poll("19:13:00", []), poll("19:14:00", [])];
    const heard = poll("19:16:00", [run("19:15:09", "40.00")], { lastSeenAt: at("19:06:00") });
    const polls = after(prices, ...quiet, heard);
    expect(polls.map(ids)).toEqual([
      [`sced-lmp/HB_WEST/${at("19:05:10")}/1`],
      [`feed-silent/sced/${at("19:13:00")}`],
      [],
      [`sced-lmp/HB_WEST/${at("19:15:09")}/1`, `feed-restored/sced/${at("19:16:00")}`],
    ]);
    const beside = after({ ...prices, role: "cross-check" }, ...quiet, heard);
    expect(beside.flatMap(ids)).toEqual([]);
    expect(beside.flatMap(texts)).toEqual(["feed silent", "feed heard again"]);
  });

  it("is a failure told once with its beginning, and its end with its length", () => {
    const failed = (time: string): PollResult => ({ ...poll(time, []), failed: "ERCOT is away" });
    const polls = after(prices, failed("19:01:00"), failed("19:02:00"), poll("19:03:00", []));
    expect(polls.flatMap(({ words }) => words.map(({ text, fields }) => [text, fields.polls]))).toEqual([
      ["poll failed; asking again at the next poll", 1],
      ["polls succeed again", 2],
    ]);
    expect(polls[1]?.state.answeredAt).toBeUndefined();
    expect(polls[2]?.state).toMatchObject({ answeredAt: at("19:03:00") });
  });

  it("is an oddity of the source told once, however often the source is asked", () => {
    const odd = (time: string) => poll(time, [], { problems: ["row 7 has no price", "row 7 has no price"] });
    expect(
      after(prices, odd("19:01:00"), odd("19:02:00")).flatMap(({ words }) => words.map(({ fields }) => fields.problem)),
    ).toEqual(["row 7 has no price"]);
  });

  it("keeps prices of a cross-check for the price of record and tells no site", () => {
    const rules: WatchRules = { ...prices, role: "cross-check", silentAfterSeconds: 3_600 };
    const [one] = after(rules, poll("19:16:00", [settled(19, 4, "55.25")]));
    expect(Object.keys(one?.state.unmatched ?? {})).toEqual(["2026-08-18/19/4"]);
    expect(ids(one)).toEqual([]);
  });
});
