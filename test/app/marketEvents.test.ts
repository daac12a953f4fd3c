import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import {
  atSettlementPrices,
  EVENT_SITE,
  MARKET_EVENTS,
  marketEvent,
  withFeedsOf,
} from "../../src/app/session/marketEvents.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { sameSplit, splitText } from "../../src/domain/decision/split.ts";
import type { FeedState } from "../../src/domain/inputs/feedState.ts";
import { foldPoll } from "../../src/domain/inputs/foldPoll.ts";
import { centralWall, dayEnd, dayStart } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { dataDir, needsData } from "../domain/ercotPrices.ts";
import { TestSite } from "../domain/decision/site.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-events-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER =
  "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,Settlement Point Price";

/** HB_HOUSTON's year as ERCOT's yearly report has it, of a series with a row an interval's beginning. */
function yearly(year: string): string {
  const path = join(folder, `${year}.csv`);
  const series = join(dataDir as string, "ercot/prices", `rt-spp-15min.HB_HOUSTON.${year}.csv.gz`);
  const rows = gunzipSync(readFileSync(series)).toString("utf8").trim().split("\n").slice(1);
  const lines = rows.map((row) => {
    const [, y, month, date, hour, minute, price] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):\d+,(.*)$/.exec(row.trim()) ?? [];
    return `${month}/${date}/${y},${Number(hour) + 1},${Number(minute) / 15 + 1},N,HB_HOUSTON,HU,${price}`;
  });
  writeFileSync(path, `${[HEADER, ...lines].join("\n")}\n`);
  return path;
}

interface Lived {
  readonly records: readonly DecisionRecord[];
  readonly moves: readonly string[];
}

/** The day as the site's own feeds tell it, poll by poll, through the rules: each event day is lived once. */
function livedThrough(name: string, day: string): Promise<Lived> {
  const known = lived.get(day) ?? live(name, day);
  lived.set(day, known);
  return known;
}
const lived = new Map<string, Promise<Lived>>();

async function live(name: string, day: string): Promise<Lived> {
  const deployment = atSettlementPrices(loadDeployment(EVENT_SITE, day), yearly(day.slice(0, 4)));
  expect(marketEvent(name, day).day).toBe(day);
  const own = [...feedsOf(deployment)].filter(([feedId]) => /^(derived-sced|grid-condition|hashprice)/.test(feedId));
  const states = own.map(([feedId, watched]) => ({
    feedId,
    watched,
    state: {} as FeedState,
    cursor: undefined as string | undefined,
    at: addSeconds(dayStart(day), -600),
  }));
  const site = new TestSite(deployment.plan);
  const end = dayEnd(day);
  while (true) {
    const next = states.toSorted((a, b) => (a.at < b.at ? -1 : 1))[0]!;
    const wake = site.nextWakeAt;
    if (next.at > end) break;
    if (wake !== undefined && wake < next.at) {
      site.take({ kind: "wake", id: `wake/${wake}`, at: wake });
      continue;
    }
    const { feedId, watched, state, at } = next;
    const { documents, cursor } = await watched.feed.poll(next.cursor, at);
    const read = documents.map((document) => {
      const observations = watched.feed.parse(document, "hash");
      return { observations, stored: observations.map((observation) => ({ observation, version: 1 })) };
    });
    const folded = foldPoll({ ...watched, feedId }, state, { at, read, problems: [] });
    for (const news of folded.news) site.take(news);
    const again = folded.againInSeconds === undefined ? undefined : addSeconds(at, folded.againInSeconds);
    const regular = watched.feed.nextPollAt(at, true);
    Object.assign(next, { state: folded.state, cursor, at: again !== undefined && again < regular ? again : regular });
  }
  return { records: site.records, moves: movesOf(site.records) };
}

function movesOf(records: readonly DecisionRecord[]): string[] {
  return records.flatMap(({ input, output }) =>
    output.cohorts
      .filter(({ split, fromSplit }) => !sameSplit(split, fromSplit))
      .map(({ split, reason }) => `${clock(input.asOf)} ${splitText(split)} (${reason})`),
  );
}

const clock = (at: Instant): string => centralWall(at).time;
const reasons = (records: readonly DecisionRecord[]): string[] =>
  records.flatMap(({ input, output }, i) => {
    const [reason, before] = [output.cohorts[0]?.reason, records[i - 1]?.output.cohorts[0]?.reason];
    return reason === before ? [] : [`${clock(input.asOf)} ${reason}`];
  });
const levels = (records: readonly DecisionRecord[]): string[] =>
  records.flatMap(({ input }, i) => {
    const before = records[i - 1]?.input.facts.grid.level;
    const { level } = input.facts.grid;
    return level === before ? [] : [`${clock(input.asOf)} ${level}`];
  });

describe("days of known emergencies", () => {
  it("are named, with their days; another name or day is refused with those there are", () => {
    expect(MARKET_EVENTS.map(({ name }) => name)).toEqual(["uri", "elliott", "2023-09-06", "fern"]);
    expect(() => marketEvent("ike")).toThrow('No event is called "ike"; there are: uri, elliott, 2023-09-06, fern.');
    expect(() => marketEvent("2023-09-06", "2023-09-07")).toThrow(
      "2023-09-07 is no day of 2023-09-06; it has 2023-09-06.",
    );
  });
});

it("its site reads what the files of ERCOT's bring beside settlement prices, each once, and nothing that no file has", () => {
  const site = loadDeployment(EVENT_SITE, "2026-01-26");
  const uses = (files: Parameters<typeof withFeedsOf>[1]): string[] =>
    withFeedsOf(site, files)
      .feeds.map(({ use }) => use)
      .slice(site.feeds.length);
  expect(uses({})).toEqual([]);
  expect(uses({ damPath: "a", damMcpcPath: "b" })).toEqual(["ercot/np4-190", "ercot/np4-188"]);
  const both = withFeedsOf(site, { scedMcpcPath: "c", mcpcPath: "d" });
  expect(withFeedsOf(both, { scedMcpcPath: "c", mcpcPath: "d" }).feeds).toEqual(both.feeds);
  expect([...feedsOf(both).keys()]).toEqual(expect.arrayContaining(["sced-mcpc", "settlement-mcpc"]));
});

describe.skipIf(dataDir === undefined)(`a day of a known emergency, SCED runs and levels derived${needsData}`, () => {
  it("2023-09-06: off at 301.87 $/MWh; EEA 2 comes at once and holds the site although the price has fallen to 126.92", async () => {
    const { records, moves } = await livedThrough("2023-09-06", "2023-09-06");
    expect(levels(records)).toEqual(["23:50:00 unknown", "23:50:20 normal", "19:25:30 eea2", "20:38:20 normal"]);
    // 12:45 at 301.87 is above 93.75 (1.25 K); 21:30 at 67.10 below 67.50 (0.9 K); 22:00 at 101.44; 22:45 at 41.60
    expect(moves).toEqual([
      "12:46:00 off (economic)",
      "21:31:00 normal (economic)",
      "22:01:00 off (economic)",
      "22:46:00 normal (economic)",
    ]);
    expect(reasons(records)).toEqual([
      "23:50:00 silence",
      "23:50:00 economic",
      "19:25:30 eea-policy",
      "20:38:20 economic",
    ]);
  });

  it("Uri, 2021-02-15: 8,487.43 $/MWh have the site off when EEA 3 comes; it stays off the whole day", async () => {
    const { records, moves } = await livedThrough("uri", "2021-02-15");
    expect(levels(records)).toEqual(["23:50:00 unknown", "23:50:20 normal", "01:20:30 eea3"]);
    expect(moves).toEqual(["23:50:00 off (economic)"]);
    expect(reasons(records)).toEqual(["23:50:00 silence", "23:50:00 economic", "01:20:30 eea-policy"]);
  });

  it("Uri ends on 2021-02-19 at 09:00: back at 09:16 when the price is 35.51, not while EEA 3 or 3,214.41 stand", async () => {
    const { records, moves } = await livedThrough("uri", "2021-02-19");
    expect(levels(records)).toEqual(["23:50:00 unknown", "23:50:10 eea3", "09:01:20 normal"]);
    expect(moves).toEqual(["23:50:00 off (economic)", "09:16:00 normal (economic)"]);
  });

  it("Elliott, 2022-12-23: price alone: off at 130.69, on at 66.66, off at 185.27", async () => {
    const { records, moves } = await livedThrough("elliott", "2022-12-23");
    expect(levels(records)).toEqual(["23:50:00 unknown", "23:50:20 normal"]);
    expect(moves).toEqual(["03:01:00 off (economic)", "09:31:00 normal (economic)", "17:01:00 off (economic)"]);
  });

  it("Fern, 2026-01-26: price alone: off since 257.85 of the evening before, on at 63.86, off at 96.38", async () => {
    const { records, moves } = await livedThrough("fern", "2026-01-26");
    expect(levels(records)).toEqual(["23:50:00 unknown", "23:50:20 normal"]);
    expect(moves).toEqual(["23:50:00 off (economic)", "10:16:00 normal (economic)", "17:01:00 off (economic)"]);
  });

  it("has every run and every level marked as derived in every record", async () => {
    const { records } = await livedThrough("2023-09-06", "2023-09-06");
    expect(records.flatMap(({ input }) => input.facts.scedRuns).every(({ isDerived }) => isDerived === true)).toBe(
      true,
    );
    const told = records.filter(({ input }) => input.facts.grid.evidence !== undefined);
    expect(told.length).toBeGreaterThan(290);
    const reports = told.flatMap(({ input }) => input.facts.grid.evidence?.map(({ report }) => report));
    expect(new Set(reports)).toEqual(new Set(["derived/grid-levels"]));
  });
});
