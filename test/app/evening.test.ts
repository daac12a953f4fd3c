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

/** The demo's day with 36 machines and the demo's faults, as fast as it goes. */
describe("the demo evening", () => {
  let evening: MarketSession;

  beforeAll(async () => {
    evening = await marketSession({
      dataDir: folder,
      day: DEMO_DAY,
      seed: DEMO_SEED,
      speed: null,
      print: () => undefined,
      deployment: smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 12 }),
      prices: demoPrices(),
      script: demoScript,
    });
  }, 5 * MINUTES);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("issues a statement to each of three clients", () => {
    expect(evening.statements.map(({ statement }) => statement.clientId)).toEqual(["bluestem", "caprock", "mesquite"]);
  });

  it("goes down worst first and comes back best first, on the first run of 21:00 the two whose price is right together", () => {
    const moves = switchesOf(evening.decisions).filter(({ at }) => at >= "2026-08-18T21:55" && at < "2026-08-19T02:20");
    const down = moves.filter(({ modeId }) => modeId === "off").map(({ cohortId }) => cohortId);
    const back = Map.groupBy(
      moves.filter(({ fromModeId }) => fromModeId === "off"),
      ({ at }) => at,
    );
    expect(down).toEqual(["mesquite-s19j", "bluestem-s19k", "caprock-s21"]);
    expect([...back.values()].map((run) => run.map(({ cohortId, modeId }) => `${cohortId} ${modeId}`))).toEqual([
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
    expect(ordered.map(({ cohortId, modeId, at }) => [cohortId, modeId, at])).toEqual([
      ["bluestem-s19k", "off", "2026-08-19T02:25:00.000Z"],
    ]);
    const record = evening.decisions.find(({ input }) => input.asOf === "2026-08-19T02:25:00.000Z");
    expect(record?.input.orders.map(({ actor, reason }) => [actor, reason])).toEqual([
      ["maria.desk", "breaker inspection in row 2"],
    ]);
    const back = switchesOf(evening.decisions).find(
      ({ cohortId, at }) => cohortId === "bluestem-s19k" && at > "2026-08-19T02:25:00.000Z",
    );
    expect(back).toMatchObject({ modeId: "normal", reason: "economic", at: "2026-08-19T02:55:00.000Z" });
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

  it("passes the auditor, every layer with something to check", () => {
    expect(evening.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(evening.verdict.layers.filter(({ checked }) => checked === 0)).toEqual([]);
  });
});
