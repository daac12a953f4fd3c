import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresFleetLedger } from "../../../src/adapters/postgres/fleetLedger.ts";
import { postgresMeterWatch } from "../../../src/adapters/postgres/meterWatch.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { postgresSurveyStore } from "../../../src/adapters/postgres/surveyStore.ts";
import type { ResponseVerdict } from "../../../src/domain/verification/model.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import type { CommandEntry, DispatchBase, FleetLedger } from "../../../src/ports/fleetLedger.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const AT = parseInstant("2026-08-18T20:00:00Z");
let database: TestDatabase;
let pool: Pool;
let ledger: FleetLedger;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 3);
  ledger = postgresFleetLedger(pool);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const reading =
  (beforeKw: number | undefined, watts = 3_000) =>
  async (): Promise<DispatchBase> => ({
    beforeKw,
    cohorts: { a: [{ from: 0, to: 100, fromW: watts, canShed: true, canRestore: false }] },
  });
const verdict = (outcome: ResponseVerdict["outcome"]): ResponseVerdict => ({
  outcome,
  measuredDeltaKw: -100,
  secondsSinceOrder: 15,
  sentence: "",
});

describe("what a dispatch is measured against", () => {
  it("is the meter before it, also when its opening is tried again after machines have moved", async () => {
    expect(await ledger.open("tried-again", 1, reading(300))).toEqual({
      newest: 1,
      baseRevision: 1,
      resumed: false,
      base: expect.objectContaining({
        beforeKw: 300,
        cohorts: { a: [{ from: 0, to: 100, fromW: 3_000, canShed: true, canRestore: false }] },
      }),
    });
    expect(await ledger.open("tried-again", 1, reading(120))).toMatchObject({
      resumed: false,
      base: { beforeKw: 300 },
    });
  });

  it.each(["confirmed", "short", "unknown"] as const)(
    "is the meter again once the one before has its verdict: %s",
    async (outcome) => {
      await ledger.open(outcome, 1, reading(300));
      await ledger.close(outcome, 1, verdict(outcome), AT);
      expect(await ledger.open(outcome, 2, reading(10, 25))).toMatchObject({
        resumed: false,
        base: { beforeKw: 10, cohorts: { a: [{ fromW: 25 }] } },
      });
    },
  );

  it("is what the one before was measured against while that one has no verdict, however many take one another back", async () => {
    await ledger.open("countermanded", 1, reading(300));
    expect(await ledger.open("countermanded", 2, reading(180, 25))).toMatchObject({
      newest: 2,
      baseRevision: 1,
      resumed: true,
      base: { beforeKw: 300, cohorts: { a: [{ fromW: 3_000 }] } },
    });
    await ledger.close("countermanded", 2, "superseded", AT);
    expect(await ledger.open("countermanded", 3, reading(90, 25))).toMatchObject({
      baseRevision: 1,
      resumed: true,
      base: { beforeKw: 300, cohorts: { a: [{ fromW: 3_000 }] } },
    });
    await ledger.close("countermanded", 3, verdict("confirmed"), AT);
    expect(await ledger.open("countermanded", 4, reading(290))).toMatchObject({
      resumed: false,
      base: { beforeKw: 290 },
    });
  });

  it("is the meter where it was silent before the one taken back", async () => {
    await ledger.open("silent", 1, reading(undefined));
    expect(await ledger.open("silent", 2, reading(200))).toMatchObject({ resumed: false, base: { beforeKw: 200 } });
  });

  it("does not make an older revision the newest", async () => {
    await ledger.open("fenced", 7, reading(300));
    expect((await ledger.open("fenced", 6, reading(250))).newest).toBe(7);
  });
});

describe("a dispatch that takes another back", () => {
  it("finds commands that may be under way until the meter has judged one", async () => {
    const takesBack = async (revision: number) => (await ledger.commanded("back", revision, 0)).takesBack;
    await ledger.open("back", 1, reading(300));
    expect(await takesBack(1)).toBe(false);
    await ledger.open("back", 2, reading(200));
    expect(await takesBack(2)).toBe(true);
    await ledger.close("back", 1, "superseded", AT);
    expect(await takesBack(2)).toBe(true);
    await ledger.close("back", 2, verdict("short"), AT);
    await ledger.open("back", 3, reading(100));
    expect(await takesBack(3)).toBe(false);
  });
});

describe("one machine whose words the database refuses", () => {
  const DEFAULT = { kind: "profile", profile: "default" } as const;
  const machineIds = ["m1", "m2", "m3"];
  const entry = (machineId: string): CommandEntry => ({
    machineId,
    cohortId: "a",
    modeId: "off",
    outcome: "acknowledged",
    writes: 1,
    setpointBefore: { kind: "profile", profile: machineId === "m2" ? "def\u0000ault" : "default" },
    detail: machineId === "m2" ? "cannot\u0000curtail" : undefined,
    at: AT,
  });
  const rows = (table: string, siteId: string) =>
    pool.query(`SELECT * FROM ${table} WHERE site_id = $1 ORDER BY machine_id`, [siteId]).then((found) => found.rows);

  it("leaves every command in the log, its own without the words, and each neighbor's way back", async () => {
    expect(await ledger.logCommands("garbled", 1, 0, machineIds.map(entry))).toEqual([]);
    expect(await rows("command_log", "garbled")).toMatchObject([
      { machine_id: "m1", detail: null, setpoint_before: DEFAULT },
      { machine_id: "m2", detail: expect.stringMatching(/not kept: PostgreSQL refused it \(22P05\)/), writes: 1 },
      { machine_id: "m3", detail: null, setpoint_before: DEFAULT },
    ]);
    expect((await ledger.commanded("garbled", 1, 0)).machineIds).toEqual(new Set(machineIds));
    expect((await ledger.standing("garbled")).get("m3")?.setpointBefore).toEqual(DEFAULT);
  });

  it("leaves its neighbors' readings, and its own state unknown with the reason", async () => {
    const readings = machineIds.map((machineId) => ({
      machineId,
      readAt: AT,
      state: "asleep" as const,
      setpoint: machineId === "m2" ? { kind: "profile" as const, profile: "\u0000" } : DEFAULT,
      atTarget: true,
    }));
    expect(await ledger.saveReadings("garbled-read", "a", 1, readings)).toEqual([]);
    expect(await rows("machine_state", "garbled-read")).toMatchObject([
      { machine_id: "m1", state: "asleep", at_target: true, problem: null },
      { machine_id: "m2", state: "unknown", at_target: false, problem: expect.stringContaining("22P05") },
      { machine_id: "m3", state: "asleep", at_target: true, problem: null },
    ]);
  });

  it("finds its way back in the form that it held: a profile, watts or percent", async () => {
    const forms = [DEFAULT, { kind: "watts", watts: 2_100 }, { kind: "percent", percent: 60 }] as const;
    const entries = machineIds.map((machineId, i) => ({ ...entry(machineId), detail: "", setpointBefore: forms[i] }));
    expect(await ledger.logCommands("forms", 1, 0, entries)).toEqual([]);
    const standing = await ledger.standing("forms");
    expect(machineIds.map((machineId) => standing.get(machineId)?.setpointBefore)).toEqual(forms);
  });

  it("is named where even that is refused", async () => {
    const impossible = { ...entry("m2"), writes: 2 ** 40 };
    expect(await ledger.logCommands("impossible", 1, 0, [entry("m1"), impossible, entry("m3")])).toEqual([
      { machineId: "m2", problem: expect.stringContaining("22003") },
    ]);
    expect((await ledger.commanded("impossible", 1, 0)).machineIds).toEqual(new Set(["m1", "m3"]));
  });
});

it("a machine that is read for the first time is kept so; what is known of one that was read before stands", async () => {
  const reading = (machineId: string, state: "asleep" | "running") => ({ machineId, readAt: AT, state });
  await ledger.saveReadings("met", "a", 3, [{ ...reading("m1", "asleep"), atTarget: true }]);
  await ledger.saveReadings("met", "a", undefined, [reading("m1", "running"), reading("m2", "running")], true);
  const standing = await ledger.standing("met");
  expect(standing.get("m1")).toMatchObject({ state: "asleep", atTarget: true });
  expect(standing.get("m2")).toMatchObject({ state: "running", atTarget: undefined });
});

it("a look keeps what a dispatch orders of each cohort; what it came to, and which cohorts are all there, comes with it", async () => {
  const watch = postgresMeterWatch(pool);
  const changes = {
    sinceRevision: 4,
    cohorts: [
      { cohortId: "a", deltaKw: -300, fallKw: 300, riseKw: 0 },
      { cohortId: "b", deltaKw: 100, fallKw: 0, riseKw: 100 },
    ],
  };
  await watch.keepLook("order", { at: AT, isMoving: false });
  await watch.keepLook("order", { at: AT, isMoving: false, beforeRevision: 4, changes });
  await watch.keepLook("order", { at: addSeconds(AT, 10), powerKw: 300, isMoving: true });
  expect(await watch.looksSince("order", AT)).toEqual([
    { at: AT, isMoving: false, beforeRevision: 4, changes },
    { at: addSeconds(AT, 10), powerKw: 300, isMoving: true },
  ]);
  const told = (cohortId: string, machineId: string): CommandEntry => ({
    machineId,
    cohortId,
    modeId: "off",
    outcome: "acknowledged",
    writes: 1,
    at: AT,
  });
  const all = [told("a", "a1"), told("a", "a2"), told("b", "b1"), told("b", "b2"), told("c", "c1")];
  await ledger.logCommands("order", 4, 1, all);
  const read = (machineId: string, atTarget?: boolean) =>
    ({ machineId, readAt: AT, state: "asleep", atTarget }) as const;
  await ledger.saveReadings("order", "a", 4, [read("a1", true), read("a2", true)]);
  await ledger.saveReadings("order", "b", 4, [read("b1", true), read("b2", false)]);
  // Read back by the revision before alone.
  await ledger.saveReadings("order", "c", 3, [read("c1", true)]);
  await ledger.close("order", 4, verdict("short"), addSeconds(AT, 60));
  const ended = { at: addSeconds(AT, 60), isConfirmed: false, finishedCohortIds: ["a"] };
  expect((await watch.looksSince("order", AT))[0]).toEqual({
    at: AT,
    isMoving: false,
    beforeRevision: 4,
    changes,
    ended,
  });
});

it("of each site the newest surveys are kept, of machines that drew power, also where the clock was set back", async () => {
  const store = postgresSurveyStore(pool);
  const machine = (machineId: string, drawsW: number) => ({ machineId, cohortId: "a", drawsW });
  const survey = (minute: number, drawsW: number) => ({
    at: addSeconds(AT, minute * 60),
    machines: [machine("asleep", 0), machine("of unknown draw", Number.NaN), machine("m1", drawsW)],
  });
  const minutes = async () => (await store.kept("north")).map(({ at }) => (Date.parse(at) - Date.parse(AT)) / 60_000);
  for (const minute of [0, 5, 10, 10]) await store.keep("north", survey(minute, 3_000 + minute), 2);
  await store.keep("south", survey(0, 100), 2);
  expect(await store.kept("north")).toEqual([
    { at: addSeconds(AT, 300), machines: [machine("m1", 3_005)] },
    { at: addSeconds(AT, 600), machines: [machine("m1", 3_010)] },
  ]);
  await store.keep("north", survey(7, 3_000), 2);
  expect(await minutes()).toEqual([5, 7]);
  expect(await store.kept("south")).toHaveLength(1);
  expect(await store.kept("nowhere")).toEqual([]);
});
