import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresSiteRecords } from "../../src/adapters/postgres/siteRecords.ts";
import { stragglersText } from "../../src/app/status/stragglersText.ts";
import type { StragglerRow } from "../../src/ports/siteRecords.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Straggler } from "../../src/ports/fleetLedger.ts";
import type { MinerFault, SimCommand, SimMinerState } from "../../src/simulators/miners/model.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, doubled, type Driven, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const FOR_EVER = Number.POSITIVE_INFINITY;
const TIMEOUT_MS = 1_000;
const BUSY_BUDGET_MS = 600;
/** Machines that hang from the start, in a batch of their own: the last twenty of the S19k. */
const HANGING = Array.from({ length: 20 }, (_, i) => `bluestem-s19k-${String(i + 21).padStart(4, "0")}`);

/** Faults of the way down: how often, and what has become of the machine at the end. */
const DOWN: readonly (readonly [
  string,
  MinerFault,
  number,
  "asleep" | readonly [state: string, lastOutcome: string],
])[] = [
  ["mesquite-s19j-0001", "lie", 1, "asleep"],
  ["mesquite-s19j-0002", "lie", FOR_EVER, ["running", "acknowledged"]],
  ["mesquite-s19j-0003", "hang", FOR_EVER, ["unknown", "unreachable"]],
  ["mesquite-s19j-0004", "dropWriteReply", 1, "asleep"],
  ["mesquite-s19j-0005", "refuse", 1, "asleep"],
  ["mesquite-s19j-0006", "refuse", FOR_EVER, ["running", "refused"]],
  ["mesquite-s19j-0007", "sessionHeld", FOR_EVER, ["running", "busy"]],
  ["mesquite-s19j-0008", "sham", FOR_EVER, ["ramping", "acknowledged"]],
  ["mesquite-s19j-0009", "drop", 1, "asleep"],
  ["mesquite-s19j-0010", "dead", FOR_EVER, ["unknown", "unreachable"]],
  ["mesquite-s19j-0011", "malformed", 1, "asleep"],
  ["mesquite-s19j-0012", "sessionExpires", 1, "asleep"],
];

/** Faults of the way back. */
const UP: readonly (readonly [
  string,
  MinerFault,
  number,
  "running" | readonly [state: string, lastOutcome: string],
])[] = [
  ["caprock-s21-0001", "slowWake", 1, "running"],
  ["caprock-s21-0002", "deadAtResume", 1, ["ramping", "already-there"]],
  ["caprock-s21-0003", "forgetProfile", 1, "running"],
  ["caprock-s21-0004", "dropWriteReply", 1, "running"],
  ["caprock-s21-0005", "lie", 1, "running"],
  ["caprock-s21-0006", "dead", FOR_EVER, ["unknown", "unreachable"]],
];
/** Profile that one machine held before anybody curtailed it. */
const OWN_PROFILE = { machineId: "caprock-s21-0003", profile: "365MHz" };

/** True power of all machines, kW. */
const trueKw = (): number =>
  bench.world.fleet.machineIds.reduce((total, machineId) => total + bench.world.fleet.state(machineId).trueWatts, 0) /
  1000;
const troubled = new Set([...DOWN, ...UP].map(([machineId]) => machineId).concat(HANGING));

let bench: DispatchBench;
let down: Driven & {
  readonly commands: readonly SimCommand[];
  readonly listed: ReadonlyMap<string, Straggler>;
  /** The operator's list as it is printed. */
  readonly rows: readonly StragglerRow[];
  readonly states: ReadonlyMap<string, SimMinerState>;
  readonly deltaKw: number;
};
let up: typeof down;

async function watched(driving: () => Promise<Driven>): Promise<typeof down> {
  const { fleet } = bench.world;
  const mark = bench.mark();
  const before = trueKw();
  const driven = await driving();
  return {
    ...driven,
    commands: bench.commandsSince(mark),
    listed: await bench.stragglers(),
    rows: await postgresSiteRecords(bench.pool).stragglers(bench.deployment.plan.siteId),
    states: new Map(fleet.machineIds.map((machineId) => [machineId, fleet.state(machineId)])),
    deltaKw: trueKw() - before,
  };
}

beforeAll(async () => {
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment: smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: 40 }),
    seed: 3,
    startAt: wallToInstant({ day: DAY, time: "19:00:00", repeatedHour: false }),
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    driver: { timeoutMs: TIMEOUT_MS, busyBudgetMs: BUSY_BUDGET_MS },
    profileOf: (machineId) => (machineId === OWN_PROFILE.machineId ? OWN_PROFILE.profile : undefined),
  });
  const { fleet } = bench.world;
  for (const [machineId, fault, times] of DOWN) fleet.inject(machineId, fault, times);
  for (const machineId of HANGING) fleet.inject(machineId, "hang");
  down = await watched(() => bench.drive("normal", "off"));
  for (const machineId of [...DOWN.map(([id]) => id), ...HANGING])
    if (machineId !== "mesquite-s19j-0010") fleet.heal(machineId);
  for (const [machineId, fault, times] of UP) fleet.inject(machineId, fault, times);
  up = await watched(() => bench.drive("off", "normal"));
}, 120_000);
afterAll(() => bench?.close());

describe("120 machines are to sleep, twelve of them each in a trouble of its own, and a batch of twenty hangs", () => {
  it.each(DOWN)("%s: %s (%d times) ends %j", (machineId, fault, _times, end) => {
    const state = down.states.get(machineId);
    const listed = down.listed.get(machineId);
    if (end === "asleep") {
      expect([state?.asleep, state?.trueThs.toFixed(3), listed]).toEqual([true, "0.000", undefined]);
      return;
    }
    expect([listed?.modeId, listed?.state, listed?.lastOutcome]).toEqual(["off", ...end]);
    expect([state?.asleep, (state?.trueWatts as number) > 0]).toEqual([false, fault !== "dead"]);
  });

  it("puts every machine without a trouble to sleep, by one command each, and lists nobody but those that did not follow", () => {
    const healthy = bench.world.fleet.machineIds.filter(
      (machineId) => !troubled.has(machineId) || machineId.startsWith("caprock"),
    );
    expect(healthy).toHaveLength(88);
    for (const machineId of healthy) {
      expect(down.states.get(machineId)?.asleep).toBe(true);
      expect(
        down.commands
          .filter((command) => command.machineId === machineId)
          .map(({ parameter, outcome }) => [parameter, outcome]),
      ).toEqual([["sleep", "applied"]]);
    }
    const stuck = DOWN.flatMap(([machineId, , , end]) => (end === "asleep" ? [] : [machineId]));
    expect([...down.listed.keys()].sort()).toEqual([...stuck, ...HANGING].sort());
  });

  it("doubles no restart command: a lost reply is read back, a liar is told again only because it was seen awake", () => {
    expect(doubled(down.commands)).toEqual([]);
    const of = (machineId: string): string[] =>
      down.commands
        .filter((command) => command.machineId === machineId)
        .map(({ outcome, replied }) => (replied ? outcome : `${outcome}, no reply`));
    expect(of("mesquite-s19j-0001")).toEqual(["ignored", "applied"]);
    expect(of("mesquite-s19j-0002")).toEqual(Array(4).fill("ignored"));
    expect(of("mesquite-s19j-0008")).toEqual(Array(4).fill("ignored"));
    expect(of("mesquite-s19j-0004")).toEqual(["applied, no reply"]);
    expect(of("mesquite-s19j-0005")).toEqual(["refused", "applied"]);
    for (const machineId of ["mesquite-s19j-0003", "mesquite-s19j-0007", "mesquite-s19j-0010", ...HANGING])
      expect(of(machineId)).toEqual([]);
  });

  it("is short by the meter, which shows what really left, however many machines say that they sleep", () => {
    expect(down.verdict.outcome).toBe("short");
    // cooling and losses of 2 %, two readings of ± 0.2 % at up to 410 kW, house load within minutes
    expect(Math.abs((down.verdict.measuredDeltaKw as number) - down.deltaKw * 1.02)).toBeLessThan(2);
    expect(down.verdict.sentence).toMatch(/Read back as ordered: 94 of 120 machines, otherwise 4, not read 22\.$/);
  });

  it("keeps for the person why a machine could not be read, and what one that refused or was held has said", () => {
    const why = (id: string): string | undefined => down.rows.find(({ machineId }) => machineId === id)?.problem;
    expect(why("mesquite-s19j-0003")).toMatch(/no reply within \d+ ms/);
    expect(why("mesquite-s19j-0006")).toBe("code 336: Curtailment not possible now");
    expect(why("mesquite-s19j-0007")).toMatch(/^another controller holds the write session/);
    expect(stragglersText(down.rows, [], bench.now())).toMatch(/mesquite-s19j-0006 .*Curtailment not possible now/);
  });

  it("lets no hanging machine hold up its batch: twenty of a second each do not add up", () => {
    const serialMs = HANGING.length * TIMEOUT_MS;
    expect(down.batchMs).toHaveLength(6 * 4);
    expect(Math.max(...down.batchMs)).toBeLessThan(serialMs / 2);
  });
});

describe("the same machines, most of them healed, are to run again", () => {
  it.each(UP)("%s: %s (%d times) ends %j", (machineId, _fault, _times, end) => {
    const state = up.states.get(machineId);
    const listed = up.listed.get(machineId);
    if (end === "running") {
      expect([state?.asleep, (state?.trueThs as number) > 0, listed]).toEqual([false, true, undefined]);
      return;
    }
    expect([listed?.modeId, listed?.state, listed?.lastOutcome]).toEqual(["normal", ...end]);
    expect(state?.trueThs).toBeLessThan(0.001);
  });

  it("brings a machine back to the profile that it held before, also when it has forgotten it", () => {
    const { machineId, profile } = OWN_PROFILE;
    expect(up.states.get(machineId)?.profile).toBe(profile);
    expect(
      up.commands
        .filter((command) => command.machineId === machineId)
        .map(({ command, parameter }) => `${command} ${parameter}`),
    ).toEqual(["curtail wakeup", `profileset ${profile}`]);
  });

  it("wakes everybody else, by one command at most, and clears from the list whoever is back", () => {
    expect([...up.listed.keys()].sort()).toEqual(["caprock-s21-0002", "caprock-s21-0006", "mesquite-s19j-0010"]);
    const back = bench.world.fleet.machineIds.filter((machineId) => !up.listed.has(machineId));
    for (const machineId of back)
      expect([machineId, up.states.get(machineId)?.asleep, (up.states.get(machineId)?.trueThs as number) > 0]).toEqual([
        machineId,
        false,
        true,
      ]);
    // the one machine that showed itself asleep and never was
    expect(doubled(up.commands)).toEqual(["mesquite-s19j-0008 curtail wakeup: no-change"]);
  });

  it("is confirmed by the meter, which shows what really came back", () => {
    expect(up.verdict.outcome).toBe("confirmed");
    expect(Math.abs((up.verdict.measuredDeltaKw as number) - up.deltaKw * 1.02)).toBeLessThan(2);
  });
});

describe("a part of a cohort is to be elsewhere", () => {
  const share = (modeId: string, machines: number) => ({ modeId, machines });
  const ids = (cohortId: string, from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, i) => `${cohortId}-${String(from + i).padStart(4, "0")}`);
  const told = (commands: readonly SimCommand[]): string[] =>
    commands.map(({ machineId, command, parameter }) => `${machineId} ${command} ${parameter}`).toSorted();
  const profileOf = ({ states }: typeof down, machineId: string) => states.get(machineId)?.profile;

  it("30 of 40 sleep, 25 of 40 step down: the first able ones of the inventory stay, the dead one has the lower mode", async () => {
    const part = await watched(() =>
      bench.driveSplits({
        "mesquite-s19j": { fromSplit: [share("normal", 40)], split: [share("off", 30), share("normal", 10)] },
        "bluestem-s19k": { fromSplit: [share("normal", 40)], split: [share("490MHz", 25), share("normal", 15)] },
      }),
    );
    const awake = [...part.states].flatMap(([machineId, { asleep }]) =>
      machineId.startsWith("mesquite") && !asleep ? [machineId] : [],
    );
    // 0010 is dead: nobody knows whether it sleeps.
    expect(awake).toEqual([...ids("mesquite-s19j", 1, 11)]);
    expect(part.listed.get("mesquite-s19j-0010")).toMatchObject({ modeId: "off", state: "unknown" });
    const stepped = ids("bluestem-s19k", 1, 40).filter((machineId) => profileOf(part, machineId) === "490MHz");
    expect(stepped).toEqual(ids("bluestem-s19k", 16, 40));
    expect(told(part.commands)).toEqual(
      [
        ...[...ids("mesquite-s19j", 12, 40)].map((machineId) => `${machineId} curtail sleep`),
        ...ids("bluestem-s19k", 16, 40).map((machineId) => `${machineId} profileset 490MHz`),
      ].toSorted(),
    );
    expect(part.verdict).toMatchObject({ outcome: "confirmed" });
    expect(Math.abs((part.verdict.measuredDeltaKw as number) - part.deltaKw * 1.02)).toBeLessThan(2);
  });

  it("three more machines down moves those three and no other, and they go back to what they held", async () => {
    const fewer = await watched(() =>
      bench.driveSplits({
        "bluestem-s19k": {
          fromSplit: [share("490MHz", 25), share("normal", 15)],
          split: [share("490MHz", 28), share("normal", 12)],
        },
      }),
    );
    expect(told(fewer.commands)).toEqual(
      ids("bluestem-s19k", 13, 15).map((machineId) => `${machineId} profileset 490MHz`),
    );
    expect(fewer.verdict).toMatchObject({ outcome: "confirmed" });
    const back = await watched(() =>
      bench.driveSplits({
        "bluestem-s19k": { fromSplit: [share("490MHz", 28), share("normal", 12)], split: [share("normal", 40)] },
      }),
    );
    expect(told(back.commands)).toEqual(
      ids("bluestem-s19k", 13, 40).map((machineId) => `${machineId} profileset default`),
    );
    expect(back.verdict).toMatchObject({ outcome: "confirmed" });
  });
});

describe("who is able to run, counted by the watch of the fleet", () => {
  it("is everybody but the dead, the one that woke into nothing, and those without a pool", async () => {
    for (const machineId of ["bluestem-s19k-0001", "bluestem-s19k-0002"])
      bench.world.fleet.inject(machineId, "poolLost");
    const counted = await bench.countAble();
    const at = counted?.at as string;
    expect(at).toMatch(/[05]:30\.000Z$/);
    expect(counted).toEqual({
      kind: "fleet-able",
      id: `fleet-able/${at}`,
      at,
      observedAt: at,
      cohorts: [
        // 0010 is dead; 29 sleep.
        { cohortId: "mesquite-s19j", machines: 39, asleep: 29, powerKw: expect.closeTo(10 * 3.068 + 29 * 0.025, -1) },
        { cohortId: "bluestem-s19k", machines: 38, asleep: 0, powerKw: expect.closeTo(38 * 2.794, -1) },
        // 0002 woke into nothing, 0006 is dead.
        { cohortId: "caprock-s21", machines: 38, asleep: 0, powerKw: expect.closeTo(38 * 3.5, -1) },
      ],
    });
  });
});
