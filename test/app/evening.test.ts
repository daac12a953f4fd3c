import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPrices, demoScript, DEMO_DAY, DEMO_SEED } from "../../src/app/session/demoDay.ts";
import { type MarketSession, marketSession } from "../../src/app/session/marketSession.ts";
import { switchesOf } from "../../src/app/session/sessionSummary.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const MINUTES = 60_000;
const folder = mkdtempSync(join(tmpdir(), "ballast-evening-"));

/** The demo's day with 36 machines. Speed in market seconds per real second; null is as fast as it goes. */
function evening(name: string, net: number, speed: number | null): Promise<MarketSession> {
  return marketSession({
    dataDir: join(folder, name),
    day: DEMO_DAY,
    seed: DEMO_SEED,
    speed,
    print: () => undefined,
    deployment: smallSite({ day: DEMO_DAY, net, machinesPerCohort: 12 }),
    prices: demoPrices(),
    script: demoScript,
  });
}

describe("the demo evening", () => {
  let fast: MarketSession;
  let slow: MarketSession;

  beforeAll(async () => {
    const net = await freeNet();
    fast = await evening("fast", net, null);
    slow = await evening("slow", net, 2_400);
  }, 10 * MINUTES);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes the same decisions, record for record, whatever the speed", () => {
    expect(slow.decisions.length).toBe(fast.decisions.length);
    expect(slow.decisions).toEqual(fast.decisions);
  });

  it("meters the same kWh and settles the same money, to the last 10⁻⁸, whatever the speed", () => {
    expect(slow.settlement.inputHash).toBe(fast.settlement.inputHash);
    expect(slow.settlement.result).toEqual(fast.settlement.result);
  });

  it("issues three statements whose bytes do not depend on the speed", () => {
    expect(fast.statements.map(({ statement }) => statement.clientId)).toEqual(["bluestem", "caprock", "mesquite"]);
    expect(slow.statements.map(({ text, csv, intervalsCsv }) => [text, csv, intervalsCsv])).toEqual(
      fast.statements.map(({ text, csv, intervalsCsv }) => [text, csv, intervalsCsv]),
    );
  });

  it("goes down worst first and comes back best first, on the first run of 21:00 the two whose price is right together", () => {
    const evening = switchesOf(fast.decisions).filter(({ at }) => at >= "2026-08-18T21:55" && at < "2026-08-19T02:20");
    const down = evening.filter(({ modeId }) => modeId === "off").map(({ cohortId }) => cohortId);
    const back = Map.groupBy(
      evening.filter(({ fromModeId }) => fromModeId === "off"),
      ({ at }) => at,
    );
    expect(down).toEqual(["mesquite-s19j", "bluestem-s19k", "caprock-s21"]);
    expect([...back.values()].map((moves) => moves.map(({ cohortId, modeId }) => `${cohortId} ${modeId}`))).toEqual([
      ["bluestem-s19k 415MHz", "caprock-s21 normal"],
      ["mesquite-s19j normal"],
    ]);
  });

  it("attributes what the EEA held off to the EEA policy, and to nothing else at the same time", () => {
    const reasons = fast.settlement.input.intervals.flatMap(({ curtailed }) => curtailed.map(({ reason }) => reason));
    expect(new Set(reasons)).toEqual(new Set(["economic", "eea-policy", "operator-order"]));
    for (const { curtailed } of fast.settlement.input.intervals) {
      for (const cohort of Map.groupBy(curtailed, (span) => span.cohortId).values()) {
        expect(cohort.reduce((seconds, span) => seconds + span.seconds, 0)).toBeLessThanOrEqual(900);
      }
    }
  });

  it("takes the desk's order up with its actor and reason, and gives the load back when it ends", () => {
    const ordered = switchesOf(fast.decisions).filter(({ reason }) => reason === "operator-order");
    expect(ordered.map(({ cohortId, modeId, at }) => [cohortId, modeId, at])).toEqual([
      ["bluestem-s19k", "off", "2026-08-19T02:25:00.000Z"],
    ]);
    const record = fast.decisions.find(({ input }) => input.asOf === "2026-08-19T02:25:00.000Z");
    expect(record?.input.orders.map(({ actor, reason }) => [actor, reason])).toEqual([
      ["maria.desk", "breaker inspection in row 2"],
    ]);
    const back = switchesOf(fast.decisions).find(
      ({ cohortId, at }) => cohortId === "bluestem-s19k" && at > "2026-08-19T02:25:00.000Z",
    );
    expect(back).toMatchObject({ modeId: "normal", reason: "economic", at: "2026-08-19T02:55:00.000Z" });
  });

  it("settles a corrected price as a new version and leaves the issued statements alone", () => {
    expect(fast.first.input.version).toBe(1);
    expect(fast.settlement.input.version).toBe(2);
    const changed = fast.settlement.input.intervals.filter(
      ({ price }, i) => price?.centsPerMwh !== fast.first.input.intervals[i]?.price?.centsPerMwh,
    );
    expect(changed.map(({ interval, price }) => [interval.hourEnding, interval.interval, price?.centsPerMwh])).toEqual([
      [20, 4, "511645"],
    ]);
    for (const { statement } of fast.statements)
      expect(statement.settlementVersions).toEqual([{ operatingDay: DEMO_DAY, version: 1 }]);
  });

  it("keeps every identity of the day, in both versions", () => {
    for (const { result } of [fast.first, fast.settlement]) {
      expect(result.missing).toEqual([]);
      expect(result.checks.filter((check) => !check.holds)).toEqual([]);
    }
  });

  it("passes the auditor, every layer with something to check", () => {
    expect(fast.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(fast.verdict.layers.filter(({ checked }) => checked === 0)).toEqual([]);
  });
});
