import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { freeNet, projectPath } from "../app/smallSite.ts";

const MINUTES = 60_000;

/** The object on the last line of a small run of one measure. */
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [projectPath("bench/run.ts"), ...args, "--json"], {
    maxBuffer: 1e8,
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as Record<string, unknown>;
}

function expectFigures(result: Record<string, unknown>, figures: readonly string[]): void {
  expect(Object.fromEntries(figures.map((name) => [name, Number.isFinite(result[name])]))).toEqual(
    Object.fromEntries(figures.map((name) => [name, true])),
  );
  expect(result).toMatchObject({
    inputSize: expect.any(String),
    seed: 1,
    commit: expect.stringMatching(/^(?:[0-9a-f]{12}\+?|unknown)$/),
    loadBefore: expect.any(Number),
    peakMemoryMb: expect.any(Object),
  });
  expect(result["machine"]).toMatchObject({
    cores: expect.any(Number),
    memoryMb: expect.any(Number),
    node: process.versions.node,
  });
}

/**
 * Small runs: that each measure works and says what it must. How fast it is, is for no test to judge. These two wait on
 * the real clock most of their time, so they do it together.
 */
describe.concurrent("npm run bench on the real clock", () => {
  it(
    "decision-latency gives price to decision of every site of a book, with its yardstick",
    async () => {
      const net = String(await freeNet());
      const book = ["--sites", "12", "--machines", "5", "--net", net];
      const result = await json("decision-latency", ...book, "--runs", "1");
      expectFigures(result, [
        "p50MsAt12Sites",
        "p99MsAt12Sites",
        "maxMsAt12Sites",
        "yardstickP99MsAt12Sites",
        "ratioAt12Sites",
        "startSecondsAt12Sites",
        "firstDecisionsSecondsAt12Sites",
        "publishedToFetchedP99Seconds",
      ]);
      expect(result["p99MsAt12Sites"]).toBeGreaterThan(0);
      expect(result["actionsPerRunAt12Sites"]).toBe(2);
      expect(result["feedsAt12Sites"]).toBe(21); // nineteen sources that all sites share, and two hashprices
      expect(result["publishedToFetchedMaxSeconds"]).toBeLessThanOrEqual(30);
    },
    3 * MINUTES,
  );

  it(
    "dispatch gives order to megawatts on the meter, and counts doubled commands in the miners' log",
    async () => {
      const result = await json(
        "dispatch",
        "--miners",
        "9",
        "--orders",
        "1",
        "--yardstick",
        "1",
        "--net",
        String(await freeNet()),
      );
      expectFigures(result, [
        "p50SecondsTo50",
        "p50SecondsTo90",
        "p99SecondsTo90",
        "maxSecondsTo90",
        "restartCommands",
        "restartCommandsDoubled",
        "driversAloneP50SecondsTo90",
        "ratioTo90",
      ]);
      expect(result["p99SecondsTo90"]).toBeGreaterThan(3); // sleep has a time constant of 1.5 s
      expect(result["restartCommands"]).toBeGreaterThanOrEqual(18); // nine machines put to sleep and woken
    },
    4 * MINUTES,
  );
});

it(
  "publication gives how long a price waits until it is fetched, and how often ERCOT is asked",
  async () => {
    const result = await json("publication", "--hours", "3");
    expectFigures(result, ["publishedToFetchedP50Seconds", "publishedToFetchedP99Seconds", "requestsPerMinute"]);
    // market seconds, the same on every machine; its 99th is the first document of all in so few hours
    expect(result["publishedToFetchedP50Seconds"]).toBeLessThanOrEqual(3);
    expect(result["requestsPerMinute"]).toBeLessThanOrEqual(10);
  },
  MINUTES,
);

/** The quiet hours that the one counts are the bundle that the other audits. */
describe("npm run bench on quiet hours", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-bench-smoke-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "actions counts what Temporal bills, on both clocks",
    async () => {
      const result = await json("actions", "--hours", "2", "--net", String(await freeNet()), "--data", folder);
      expectFigures(result, [
        "perQuietRun",
        "perRunQuietDay",
        "perQuietRunPaced",
        "perRunQuietDayPaced",
        "actionsPerDay",
        "timersPerDay",
        "historyEventsPerDay",
        "historyBytesPerDay",
        "feedActionsPerDay",
      ]);
      // a signal in, an activity out: feeds, riders and the survey of the fleet add nothing
      expect([result["perQuietRun"], result["perQuietRunPaced"]]).toEqual([2, 2]);
      expect(result["historyBytesPerDay"]).toBeGreaterThan(1000);
    },
    3 * MINUTES,
  );

  it(
    "audit gives histories and decisions a second, of a bundle that holds",
    async () => {
      const result = await json("audit", "--bundle", join(folder, "bundle"), "--repeat", "1");
      expectFigures(result, [
        "historiesPerSecond",
        "decisionsPerSecond",
        "p50Ms",
        "replayAloneP50Ms",
        "ratio",
        "yearMinutes",
      ]);
      expect(result["decisionsPerSecond"]).toBeGreaterThan(0);
    },
    3 * MINUTES,
  );

  it("names what is wrong with an option and measures nothing", async () => {
    await expect(json("dispatch", "--miners", "many")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^bench: --miners: expected a whole number of at least 3, got "many"$/m),
    });
  });
});
