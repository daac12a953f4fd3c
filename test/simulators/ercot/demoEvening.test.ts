import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { centralWall, intervalKey } from "../../../src/domain/market/calendar.ts";
import { NO_GRID_CONDITION, foldGridCondition } from "../../../src/domain/market/gridCondition.ts";
import { HandClock, closeSimulators, demoDay, follow, simulate } from "./market.ts";
import { dailyPrcFeed, priceCorrectionFeed, scedLmpFeed, settlementPriceFeed } from "../../support/feeds.ts";

afterEach(closeSimulators);
const FOLDER = fileURLToPath(new URL("../../../config/demo/", import.meta.url));
const DAY = demoDay();
const timeOf = (ms: number) => new Date(ms - 5 * 3_600_000).toISOString().slice(11, 16);
const zonePrices = new Map(
  DAY.intervals.map(({ startMs, day, prices }) => [
    `${day.slice(8)} ${timeOf(startMs)}`,
    Number(prices.find(({ type }) => type === "LZEW")?.price),
  ]),
);
const price = (time: string) => zonePrices.get(`18 ${time}`) as number;

describe("the demo evening", () => {
  it("is generated again byte for byte", () => {
    const folder = mkdtempSync(join(tmpdir(), "ballast-demo-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync(process.execPath, [join(FOLDER, "generate.mjs"), folder]);
    const names = readdirSync(folder);
    expect(names.sort()).toEqual(["corrections.csv", "grid-conditions.csv", "sced-lmp.csv", "settlement-prices.csv"]);
    for (const name of names)
      expect(readFileSync(join(folder, name), "utf8")).toBe(readFileSync(join(FOLDER, name), "utf8"));
  });

  it("has a whole day and 45 minutes of prices, a run every five minutes and some between", () => {
    expect(DAY.intervals).toHaveLength(96 + 3);
    expect(DAY.runs.length).toBe(4 + 288 + 9 + 9);
    const gaps = DAY.runs.slice(1).map(({ atMs }, index) => (atMs - (DAY.runs[index]?.atMs as number)) / 1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(310);
    expect(gaps.filter((gap) => gap < 280).length).toBeGreaterThanOrEqual(10);
  });

  it("rises in steps past strikes near 45, 70 and 95 $/MWh with a 1.25 margin, worst first, and falls below 0.9 of them in the opposite order", () => {
    const times = [...zonePrices.keys()].filter((time) => time >= "18 16:30" && time < "18 22:00");
    const firstAbove = (limit: number) => times.find((time) => (zonePrices.get(time) as number) > limit);
    const backBelow = (limit: number) =>
      times.slice(times.indexOf("18 19:00")).find((time) => (zonePrices.get(time) as number) < limit);
    expect([45, 70, 95].map((strike) => firstAbove(strike * 1.25))).toEqual(["18 17:00", "18 17:30", "18 18:00"]);
    expect([95, 70, 45].map((strike) => backBelow(strike * 0.9))).toEqual(["18 20:45", "18 21:00", "18 21:15"]);
    expect(Math.max(...DAY.runs.flatMap(({ lmps }) => lmps.map(({ lmp }) => Number(lmp))))).toBeGreaterThan(4700);
    expect(price("19:30")).toBeGreaterThan(4700);
  });

  it("has a night with prices below zero and a quiet day around 25", () => {
    expect(price("03:15")).toBeLessThan(0);
    const quiet = [...zonePrices].filter(([time]) => time >= "18 07:00" && time < "18 15:00").map(([, value]) => value);
    const mean = quiet.reduce((sum, value) => sum + value, 0) / quiet.length;
    expect(mean).toBeGreaterThan(23);
    expect(mean).toBeLessThan(29);
  });

  it("has a spike that lasts one run, yet moves the whole quarter hour", () => {
    const runs = DAY.runs
      .filter(
        ({ atMs }) => atMs >= Date.parse("2026-08-18T22:00:00-05:00") && atMs < Date.parse("2026-08-18T22:20:00-05:00"),
      )
      .map(({ lmps }) => Number(lmps[0]?.lmp));
    expect(runs.filter((lmp) => lmp > 200)).toHaveLength(1);
    expect(price("22:00")).toBeGreaterThan(100);
    expect(price("22:15")).toBeLessThan(40);
  });

  it("settles at the time-weighted LMP, to the cent, but for the scarcity adders", () => {
    const differences = DAY.intervals.flatMap(({ startMs, prices }) => {
      const weighted =
        DAY.runs.reduce((sum, { atMs, lmps }, index) => {
          const seconds =
            (Math.min(DAY.runs[index + 1]?.atMs ?? Number.POSITIVE_INFINITY, startMs + 900_000) -
              Math.max(atMs, startMs)) /
            1000;
          return seconds > 0 ? sum + Number(lmps[0]?.lmp) * seconds : sum;
        }, 0) / 900;
      const adder = Number(prices[0]?.price) - weighted;
      return Math.abs(adder) < 0.0051 ? [] : [`${timeOf(startMs)} ${adder.toFixed(1)}`];
    });
    expect(differences).toEqual(["19:00 18.7", "19:15 96.4", "19:45 412.4", "20:00 -186.5"]);
  });

  it("comes through the feeds run by run and interval by interval, with few polls, a small cursor and the corrected price", async () => {
    const clock = new HandClock("2026-08-18T16:30:00-05:00");
    const { url } = await simulate({ clock, day: DAY });
    const lmps = await follow(
      scedLmpFeed({ baseUrl: url, settlementPoint: "LZ_WEST" }),
      clock,
      "2026-08-18T19:00:00-05:00",
    );
    expect(new Set(lmps.documentIds).size).toBe(lmps.documentIds.length);
    expect(lmps.observations).toHaveLength(12 + 30 + 2);
    expect(lmps.polls).toBeLessThan(8 * 32);
    expect(lmps.cursorLengthMax).toBeLessThan(2500);

    clock.set("2026-08-18T19:50:00-05:00");
    const prices = await follow(
      settlementPriceFeed({ baseUrl: url, settlementPoint: "LZ_WEST", settlementPointType: "LZEW" }),
      clock,
      "2026-08-19T00:45:00-05:00",
    );
    clock.set("2026-08-18T23:50:00-05:00");
    const corrections = await follow(
      priceCorrectionFeed({ baseUrl: url, settlementPoint: "LZ_WEST", settlementPointType: "LZEW" }),
      clock,
      "2026-08-19T00:45:00-05:00",
    );
    const versions = [...prices.observations, ...corrections.observations].flatMap((one) =>
      one.kind === "settlement-price" && intervalKey(one.interval) === "2026-08-18/20/4" ? [one.priceUsdPerMwh] : [],
    );
    expect(versions).toEqual(["5300.06", "5174.81"]);
  });

  it("goes through watch, EEA1 and EEA2 and back past EEA1, each level a minute after it was first shown", async () => {
    const clock = new HandClock("2026-08-18T18:40:00-05:00");
    const { url } = await simulate({ clock, day: DAY });
    const { observations } = await follow(dailyPrcFeed({ baseUrl: url }), clock, "2026-08-18T21:00:00-05:00");
    let state = NO_GRID_CONDITION;
    const changes = observations.flatMap((observation) => {
      if (observation.kind !== "grid-condition") throw new Error(`unexpected ${observation.kind}`);
      const fold = foldGridCondition(state, observation);
      state = fold.state;
      return fold.change === undefined
        ? []
        : [`${centralWall(fold.change.observedAt).time.slice(0, 5)} ${fold.change.level}`];
    });
    expect(changes).toEqual(["18:41 normal", "18:51 watch", "19:21 eea1", "19:41 eea2", "20:41 watch", "20:51 normal"]);
  });
});
