import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoScript, DEMO_DAY, DEMO_SEED } from "../../src/app/session/demoDay.ts";
import { type MarketSession, marketSession } from "../../src/app/session/marketSession.ts";
import { bookText, sessionText, switchesOf } from "../../src/app/session/sessionSummary.ts";
import { fitText } from "../../src/app/wrapText.ts";
import { recomputed } from "../papers/recomputed.ts";
import { quietMorning, runAnHour, seldomAsking } from "./quietSite.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const MINUTES = 60_000;
const PAPERS = `statements/pecan-draw-${DEMO_DAY}`;
const BUNDLE = `bundles/pecan-draw-${DEMO_DAY}`;
const folder = mkdtempSync(join(tmpdir(), "ballast-evening-"));
const inputs = mkdtempSync(join(tmpdir(), "ballast-prices-"));
const printed: string[] = [];

/** The demo's day with 18 machines, the demo's faults and a quiet morning, as fast as it goes. */
describe("the demo evening", () => {
  let evening: MarketSession;

  beforeAll(async () => {
    // What an earlier run left behind: two folders that are made anew, and one that is none of this run's.
    for (const left of [PAPERS, BUNDLE, "statements/pecan-draw-2026-08-17"]) {
      mkdirSync(join(folder, left), { recursive: true });
      writeFileSync(join(folder, left, "earlier.txt"), "of an earlier run");
    }
    evening = await marketSession({
      dataDir: folder,
      day: DEMO_DAY,
      seed: DEMO_SEED,
      speed: null,
      print: (line) => printed.push(line),
      deployment: runAnHour(seldomAsking(smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 6 }))),
      prices: quietMorning(inputs),
      script: demoScript,
    });
  }, 5 * MINUTES);

  afterAll(() => [folder, inputs].forEach((path) => rmSync(path, { recursive: true, force: true })));

  it("issues a statement to each of three clients", () => {
    expect(evening.statements.map(({ statement }) => statement.clientId)).toEqual(["bluestem", "caprock", "mesquite"]);
  });

  it("goes down worst first and comes back best first, on the first run of 21:00 the two whose price is right together", () => {
    const moves = switchesOf(evening.decisions).filter(({ at }) => at >= "2026-08-18T21:55" && at < "2026-08-19T02:20");
    const down = moves.filter(({ to }) => to === "off").map(({ cohortId }) => cohortId);
    const back = Map.groupBy(
      moves.filter(({ from }) => from === "off"),
      ({ at }) => at,
    );
    expect(down).toEqual(["mesquite-s19j", "bluestem-s19k", "caprock-s21"]);
    expect([...back.values()].map((run) => run.map(({ cohortId, to }) => `${cohortId} ${to}`))).toEqual([
      ["bluestem-s19k 415MHz", "caprock-s21 normal"],
      ["mesquite-s19j normal"],
    ]);
  });

  it("attributes what the EEA held off to the EEA policy, and to nothing else at the same time", () => {
    const reasons = evening.settlement.input.intervals.flatMap(({ curtailed }) =>
      curtailed.map(({ reason }) => reason),
    );
    expect(new Set(reasons)).toEqual(new Set(["economic", "eea-policy", "operator-order"]));
    for (const { curtailed } of evening.settlement.input.intervals) {
      for (const cohort of Map.groupBy(curtailed, (span) => span.cohortId).values()) {
        expect(cohort.reduce((seconds, span) => seconds + span.seconds, 0)).toBeLessThanOrEqual(900);
      }
    }
  });

  it("takes the desk's order up with its actor and reason, and gives the load back when it ends", () => {
    const ordered = switchesOf(evening.decisions).filter(({ reason }) => reason === "operator-order");
    expect(ordered.map(({ cohortId, to, at }) => [cohortId, to, at])).toEqual([
      ["bluestem-s19k", "off", "2026-08-19T02:25:00.000Z"],
    ]);
    const record = evening.decisions.find(({ input }) => input.asOf === "2026-08-19T02:25:00.000Z");
    expect(record?.input.facts.orders.map(({ actor, reason }) => [actor, reason])).toEqual([
      ["maria.desk", "breaker inspection in row 2"],
    ]);
    const back = switchesOf(evening.decisions).find(
      ({ cohortId, at }) => cohortId === "bluestem-s19k" && at > "2026-08-19T02:25:00.000Z",
    );
    expect(back).toMatchObject({ to: "normal", reason: "economic", at: "2026-08-19T02:55:00.000Z" });
  });

  it("settles a corrected price as a new version and leaves the issued statements alone", () => {
    expect(evening.first.input.version).toBe(1);
    expect(evening.settlement.input.version).toBe(2);
    const changed = evening.settlement.input.intervals.filter(
      ({ price }, i) => price?.centsPerMwh !== evening.first.input.intervals[i]?.price?.centsPerMwh,
    );
    expect(changed.map(({ interval, price }) => [interval.hourEnding, interval.interval, price?.centsPerMwh])).toEqual([
      [20, 4, "511645"],
    ]);
    for (const { statement } of evening.statements)
      expect(statement.settlementVersions).toEqual([{ operatingDay: DEMO_DAY, version: 1 }]);
  });

  it("keeps every identity of the day, in both versions", () => {
    for (const { result } of [evening.first, evening.settlement]) {
      expect(result.missing).toEqual([]);
      expect(result.checks.filter((check) => !check.holds)).toEqual([]);
    }
  });

  it.each([80, 100])("is told and stated in lines of at most %i columns, but for a path", (columns) => {
    const lines = fitText([...printed, sessionText(evening, columns)].join("\n"), columns).split("\n");
    expect(lines.length).toBeGreaterThan(300);
    const wide = lines.filter((line) => line.length > columns && !line.includes(folder));
    expect(wide).toEqual([]);
  });

  it("of several sites ends with a line a statement and their sum, and says once what no audit proves", () => {
    const lines = fitText(bookText([evening, evening], 80), 80).split("\n");
    expect(lines.filter((line) => line.length > 80 && !line.includes(folder))).toEqual([]);
    expect(lines.filter((line) => line === "Not proven by any layer:")).toHaveLength(1);
    const cents = evening.statements.reduce((sum, { statement }) => sum + Number(statement.totalCents), 0);
    const dollars = (2 * cents) / 100;
    const text = dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const short = lines.slice(lines.findIndex((line) => line.startsWith("In short, $")) + 1);
    expect(short.slice(0, 3).map((line) => line.split(/ {2,}/)[1])).toEqual(Array(3).fill("pecan-draw"));
    expect(short[6]).toMatch(/^ +all statements +/);
    expect(short[6]?.trim().split(/ {2,}/)[1]).toBe(text);
    expect(short.slice(7)).toEqual(Array(2).fill("  pecan-draw  its audit holds"));
  });

  it("replaces the papers of an earlier run of its day, with a word, and no others", () => {
    expect(printed).toContain(`Removed the results of an earlier run in ${folder}`);
    expect(readdirSync(join(folder, "statements/pecan-draw-2026-08-17"))).toEqual(["earlier.txt"]);
    expect(readdirSync(join(folder, PAPERS)).filter((name) => name.endsWith(`${DEMO_DAY}.txt`))).toEqual([
      `bluestem-2024_${DEMO_DAY}..${DEMO_DAY}.txt`,
      `caprock-2024_${DEMO_DAY}..${DEMO_DAY}.txt`,
      `mesquite-2024_${DEMO_DAY}..${DEMO_DAY}.txt`,
    ]);
    expect(readdirSync(join(folder, BUNDLE))).not.toContain("earlier.txt");
  });

  it("warns in the worker's log of what is wrong, once: nothing in an untroubled hour", () => {
    const warnings = readFileSync(join(folder, "logs/worker.log"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { level: number; at?: string; msg: string; feedId?: string })
      .filter(({ level, at }) => level >= 40 && at !== undefined);
    expect(warnings.filter(({ at = "" }) => at >= "2026-08-18T05:30" && at < "2026-08-18T21")).toEqual([]);
    // Three pages of ERCOT's that have nothing yet, one of them for longer than its limit; the evening's PRC pre-alert.
    expect(warnings.map(({ feedId, msg }) => `${msg} ${feedId ?? ""}`.trim())).toEqual([
      "poll failed; asking again at the next poll as-capacity",
      "poll failed; asking again at the next poll grid-condition",
      "poll failed; asking again at the next poll settlement-price/HB_WEST/HU/dashboard",
      "feed silent grid-condition",
      "PRC pre-alert",
      "ERCOT deploys ERS",
      "ERCOT deploys load resources, ERS",
      "ERCOT's deployments are over",
      "PRC pre-alert over",
    ]);
  });

  it("a client makes each statement again from its papers, and the journal holds what they charge", async ({
    skip,
  }) => {
    const said = await recomputed([join(folder, BUNDLE)]);
    if ("reason" in said) return skip(said.reason);
    expect(said.stderr).toBe("");
    expect(said.stdout).toMatch(
      /^3 statements, \d+ lines and 288 interval rows agree; 3 of them with a journal too\n$/,
    );
  });

  it("passes the auditor, every layer with something to check", () => {
    expect(evening.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(evening.verdict.layers.filter(({ checked }) => checked === 0)).toEqual([]);
  });
});
