import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDecisionStore } from "../../../src/adapters/postgres/decisionStore.ts";
import { postgresFleetLedger } from "../../../src/adapters/postgres/fleetLedger.ts";
import { createPool, type Pool, query } from "../../../src/adapters/postgres/pool.ts";
import { readSiteStatus } from "../../../src/adapters/postgres/siteStatus.ts";
import type { SiteStatusRows } from "../../../src/ports/siteRecords.ts";
import type { DecisionRecord, Reason } from "../../../src/domain/decision/model.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import type { CommandEntry, JudgedReading } from "../../../src/ports/fleetLedger.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const siteId = "pecan";
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 3);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const at = (time: string): Instant => `2026-08-18T${time}.000Z` as Instant;
const look = (): Promise<SiteStatusRows> =>
  readSiteStatus(pool, { siteId, siteMeterId: "site", meterIds: ["site"], feedIds: [] });

/** A decision on cohort `a`: only what the status reads of it. */
async function decide(sequence: number, time: string, modeId: string, reason: Reason): Promise<void> {
  const record = {
    schema: "ballast.decision/2",
    siteId,
    sequence,
    input: { asOf: at(time), inputIds: [] },
    output: { changes: sequence !== 3 },
    ...(sequence === 3 ? {} : { dispatch: { revision: sequence, targets: [] } }),
  } as unknown as DecisionRecord;
  await postgresDecisionStore(pool).record(record, { workflowId: "site/pecan", runId: "run" }, [
    {
      cohortId: "a",
      clientId: "alder",
      sequence,
      at: at(time),
      split: [{ modeId, machines: 4 }],
      reason,
      curtailed: modeId === "off" ? [{ reason, belowNormalW: 4 * 2_975 }] : [],
      ableToRun: 4,
      normalPowerW: 3_000,
    },
  ]);
}

const command = (machineId: string, outcome: CommandEntry["outcome"]): CommandEntry => ({
  machineId,
  cohortId: "a",
  modeId: "off",
  outcome,
  writes: 1,
  at: at("22:05:01"),
});
const reading = (machineId: string, state: JudgedReading["state"], atTarget: boolean): JudgedReading => ({
  machineId,
  readAt: at("22:05:20"),
  state,
  atTarget,
});

describe("four machines ordered off at 22:05:00, a quarter of an hour's meter reading of 22:00:01 before it", () => {
  it("before a command is logged nothing is said of any; the meter is that of the boundary", async () => {
    await query(
      pool,
      `INSERT INTO meter_register (site_id, meter_id, boundary_at, read_at, register_wh, power_kw, quality)
       VALUES ($1, 'site', $2, $3, 1000, 12, 'metered')`,
      [siteId, at("22:00:00"), at("22:00:01")],
    );
    await decide(1, "21:00:00", "normal", "economic");
    await decide(2, "22:05:00", "off", "operator-order");
    await postgresFleetLedger(pool).open(siteId, 2, async () => ({ beforeKw: 12.4, cohorts: {} }));
    const { commands, meter, verdict } = await look();
    expect([commands, verdict]).toEqual([undefined, undefined]);
    expect(meter).toEqual({ readAt: at("22:00:01"), powerKw: 12, quality: "metered" });
  });

  it("what the meter showed between two boundaries is newer than the boundary; a look that it did not answer says nothing", async () => {
    const looked = (time: string, powerKw: number | null) =>
      query(
        pool,
        `INSERT INTO meter_look (site_id, at, power_kw, is_moving, meter_id) VALUES ($1, $2, $3, false, 'site')`,
        [siteId, at(time), powerKw],
      );
    await looked("22:04:00", 12.2);
    await looked("22:04:10", null);
    expect((await look()).meter).toEqual({ readAt: at("22:04:00"), powerKw: 12.2, quality: "metered" });
  });

  it("three acknowledge, and an acknowledgement is no read-back", async () => {
    const ledger = postgresFleetLedger(pool);
    await ledger.logCommands(siteId, 2, 0, [
      command("m1", "acknowledged"),
      command("m2", "acknowledged"),
      command("m3", "already-there"),
      command("m4", "unreachable"),
    ]);
    expect((await look()).commands).toEqual({
      revision: 2,
      ordered: 4,
      acknowledged: 3,
      asOrdered: 0,
      otherwise: 0,
      readSince: 0,
      notRead: 4,
    });
  });

  it("one is read back asleep, one running, two not at all: each is counted once, whoever said yes", async () => {
    await postgresFleetLedger(pool).saveReadings(siteId, "a", 2, [
      reading("m1", "asleep", true),
      reading("m2", "running", false),
      reading("m4", "unknown", false),
    ]);
    expect((await look()).commands).toMatchObject({
      ordered: 4,
      acknowledged: 3,
      asOrdered: 1,
      otherwise: 1,
      notRead: 2,
    });
  });

  it("the verdict of 22:05:20 went by a newer reading than the boundary's: that one is shown", async () => {
    await postgresFleetLedger(pool).close(
      siteId,
      2,
      { outcome: "short", measuredDeltaKw: -3, secondsSinceOrder: 20, sentence: "" },
      at("22:05:31"),
    );
    const { verdict } = await look();
    expect(verdict?.meter).toEqual({ readAt: at("22:05:20"), powerKw: 12.4 - 3, quality: "metered" });
  });

  it("a decision of 22:20 that keeps the cohort off for another reason does not change since when it is off", async () => {
    await decide(3, "22:20:00", "off", "economic");
    expect((await look()).modes).toMatchObject([
      { split: [{ modeId: "off" }], reason: "economic", since: at("22:05:00") },
    ]);
  });

  it("a survey at midnight for who is able to run takes no machine for read back", async () => {
    await postgresFleetLedger(pool).saveReadings(siteId, "a", undefined, [
      { machineId: "m1", state: "asleep", readAt: at("23:00:00") },
    ]);
    expect((await look()).commands).toMatchObject({ asOrdered: 0, otherwise: 1, readSince: 1, notRead: 2 });
  });

  it("a meter that was silent for the verdict is silent, not what it showed at the boundary before", async () => {
    await decide(4, "22:30:00", "normal", "economic");
    const ledger = postgresFleetLedger(pool);
    await ledger.open(siteId, 4, async () => ({ beforeKw: 9.4, cohorts: {} }));
    await ledger.close(siteId, 4, { outcome: "unknown", secondsSinceOrder: 60, sentence: "" }, at("22:31:05"));
    expect((await look()).verdict?.meter).toEqual({ readAt: at("22:31:00"), quality: "missing" });
  });
});

describe("a site with its own meter and two feeders", () => {
  it("names the feeder that gave no register at the newest boundary, since when, and one that was never read", async () => {
    const other = `${siteId}-meters`;
    const meterIds = ["site", "feeder-a", "feeder-b"];
    const unread = async () =>
      (await readSiteStatus(pool, { siteId: other, siteMeterId: "site", meterIds, feedIds: [] })).unreadMeters;
    expect(await unread()).toEqual([]);
    const row = (meterId: string, boundary: string, registerWh: number | null): Promise<unknown> =>
      query(
        pool,
        `INSERT INTO meter_register (site_id, meter_id, boundary_at, read_at, register_wh, quality)
         VALUES ($1, $2, $3, $3, $4, $5)`,
        [other, meterId, at(boundary), registerWh, registerWh === null ? "missing" : "metered"],
      );
    await row("site", "22:00:00", 1000);
    await row("feeder-a", "22:00:00", 700);
    await row("site", "22:15:00", 2000);
    await row("feeder-a", "22:15:00", null);
    expect(await unread()).toEqual([
      { meterId: "feeder-a", boundaryAt: at("22:15:00"), lastReadAt: at("22:00:00") },
      { meterId: "feeder-b", boundaryAt: at("22:15:00"), lastReadAt: undefined },
    ]);
    await row("feeder-a", "22:30:00", 1500);
    await row("feeder-b", "22:30:00", 10);
    await row("site", "22:30:00", 3000);
    expect(await unread()).toEqual([]);
  });
});
