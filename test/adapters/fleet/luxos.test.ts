import { afterEach, describe, expect, it } from "vitest";
import { createLuxosDriver } from "../../../src/adapters/fleet/luxos.ts";
import type { OperatingPoint } from "../../../src/domain/dispatch/model.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import type { MachineDriver } from "../../../src/ports/fleetControl.ts";
import { startMinerFleet } from "../../../src/simulators/miners/fleet.ts";
import type { MinerFault, MinerFleet, SimMinerSpec } from "../../../src/simulators/miners/model.ts";
import { machineOf, NO_CHANCE, oneMiner, specs, testClock, type OneMiner } from "../../simulators/miners/harness.ts";

const QUICK = { timeoutMs: 300, busyBudgetMs: 600 };
const OFF = { kind: "off" } as const;
const ON = { kind: "on" } as const;
const never = new AbortController().signal;

const open: MinerFleet[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

interface Site extends OneMiner {
  readonly driver: MachineDriver;
  apply(point: OperatingPoint): ReturnType<MachineDriver["apply"]>;
  read(): ReturnType<MachineDriver["read"]>;
  /** Restart-type commands that reached the machine, in order, with what they really did. */
  restarts(): string[];
}

async function site(shape: Partial<SimMinerSpec> = {}, fault?: MinerFault, times?: number): Promise<Site> {
  const one = await oneMiner(shape);
  open.push(one.fleet);
  if (fault) one.fleet.inject("m0", fault, times);
  const driver = createLuxosDriver(QUICK);
  return {
    ...one,
    driver,
    apply: (point) => driver.apply(one.machine, point, never),
    read: () => driver.read(one.machine, instantFromMs(one.clock.nowMs()), never),
    restarts: () =>
      one.fleet
        .commandLog()
        .filter(({ command }) => command === "curtail" || command === "profileset")
        .map(({ parameter, outcome }) => `${parameter}: ${outcome}`),
  };
}

describe("curtailing a LuxOS machine", () => {
  it("puts it to sleep, reports the profile it held, and reads it back asleep at about 25 W", async () => {
    const { apply, read, clock, fleet, restarts } = await site({ profile: "490MHz" });
    expect(await apply(OFF)).toEqual({
      machineId: "m0",
      outcome: "acknowledged",
      setpointBefore: { kind: "profile", profile: "490MHz" },
      writes: 1,
    });
    expect((await read()).state).toBe("ramping");
    clock.advance(15);
    expect(await read()).toMatchObject({
      state: "asleep",
      setpoint: { kind: "profile", profile: "490MHz" },
      hashrateThs: 0,
      readAt: "2026-08-18T22:00:15.000Z",
    });
    expect(fleet.state("m0").trueWatts).toBeLessThan(26);
    expect(restarts()).toEqual(["sleep: applied"]);
  });

  it("writes nothing to a machine that sleeps already, and still reports its profile", async () => {
    const { apply, restarts, fleet } = await site({ asleep: true, profile: "490MHz" });
    expect(await apply(OFF)).toEqual({
      machineId: "m0",
      outcome: "already-there",
      setpointBefore: { kind: "profile", profile: "490MHz" },
      writes: 0,
    });
    expect(restarts()).toEqual([]);
    expect(fleet.commandLog()).toEqual([]);
  });

  it("does not repeat a command that may be under way while the power is still falling", async () => {
    const { apply, restarts, driver, machine } = await site();
    await apply(OFF);
    expect(await driver.apply(machine, OFF, never, true)).toMatchObject({
      outcome: "already-there",
      writes: 0,
      detail: expect.stringContaining("still drawing"),
    });
    expect(restarts()).toEqual(["sleep: applied"]);
  });

  it("leaves no session behind", async () => {
    const { apply, fleet } = await site();
    await apply(OFF);
    expect(fleet.state("m0").sessionId).toBeUndefined();
    expect(fleet.commandLog().map(({ command }) => command)).toEqual(["logon", "curtail", "logoff"]);
  });
});

describe("bringing a LuxOS machine back", () => {
  it("restores exactly the profile that the machine held before", async () => {
    const { apply, read, clock, fleet } = await site({ profile: "540MHz" });
    const { setpointBefore } = await apply(OFF);
    clock.advance(600);
    expect(await apply(setpointBefore ?? ON)).toMatchObject({ outcome: "acknowledged", writes: 1 });
    expect((await read()).state).toBe("ramping");
    clock.advance(240);
    expect(await read()).toMatchObject({ state: "running", setpoint: { kind: "profile", profile: "540MHz" } });
    expect(fleet.state("m0").trueWatts / 2485).toBeCloseTo(1, 1);
  });

  it("restores it also on a machine that forgets its profile when it wakes", async () => {
    const { apply, fleet, restarts } = await site({ profile: "540MHz", asleep: true }, "forgetProfile");
    expect(await apply(ON)).toMatchObject({
      outcome: "acknowledged",
      writes: 2,
      setpointBefore: { kind: "profile", profile: "540MHz" },
    });
    expect(restarts()).toEqual(["wakeup: applied", "540MHz: applied"]);
    expect(fleet.state("m0").profile).toBe("540MHz");
  });

  it("wakes and underclocks in one session when another profile is asked for", async () => {
    const { apply, fleet, restarts } = await site({ asleep: true });
    expect(await apply({ kind: "profile", profile: "490MHz" })).toMatchObject({ outcome: "acknowledged", writes: 2 });
    expect(restarts()).toEqual(["wakeup: applied", "490MHz: applied"]);
    expect(fleet.commandLog().filter(({ command }) => command === "logon")).toHaveLength(1);
  });

  it("underclocks a running machine without a wake-up", async () => {
    const { apply, read, clock, restarts } = await site();
    expect(await apply({ kind: "profile", profile: "490MHz" })).toMatchObject({
      outcome: "acknowledged",
      writes: 1,
      setpointBefore: { kind: "profile", profile: "default" },
    });
    clock.advance(30);
    expect(await read()).toMatchObject({ state: "running", setpoint: { kind: "profile", profile: "490MHz" } });
    expect(await apply({ kind: "profile", profile: "490MHz" })).toMatchObject({ outcome: "already-there", writes: 0 });
    expect(await apply(ON)).toMatchObject({ outcome: "already-there", writes: 0 });
    expect(restarts()).toEqual(["490MHz: applied"]);
  });

  it("refuses steps and estimates as profiles, because a retry would move the machine on", async () => {
    const { apply, fleet } = await site();
    for (const profile of ["+1", "-2", "2300W", "2.3kW", "100THs", "2", "490MHz,1", ""])
      expect(await apply({ kind: "profile", profile })).toMatchObject({ outcome: "unsupported", writes: 0 });
    expect(fleet.commandLog()).toEqual([]);
  });

  it("sends a name with blanks and brackets as it is: it is for the machine to know it", async () => {
    const { apply } = await site();
    expect(await apply({ kind: "profile", profile: "S19 415MHz (eco)" })).toMatchObject({
      outcome: "refused",
      detail: expect.stringContaining('"S19 415MHz (eco)" not found'),
    });
  });

  it("reports a profile that the machine does not have as refused", async () => {
    const { apply } = await site();
    expect(await apply({ kind: "profile", profile: "491MHz" })).toMatchObject({
      outcome: "refused",
      detail: expect.stringContaining('"491MHz" not found'),
    });
  });

  it("never reads a machine that wakes into nothing as running", async () => {
    const { apply, read, clock } = await site({ asleep: true }, "deadAtResume");
    expect((await apply(ON)).outcome).toBe("acknowledged");
    clock.advance(600);
    expect(await read()).toMatchObject({ state: "ramping", hashrateThs: 0 });
  });
});

describe("the write session of a LuxOS machine", () => {
  it("is never taken over: while another controller holds it the outcome is busy and nothing is written", async () => {
    const { apply, fleet, restarts } = await site({}, "sessionHeld");
    const holder = fleet.state("m0").sessionId;
    expect(await apply(OFF)).toMatchObject({
      outcome: "busy",
      writes: 0,
      detail: expect.stringContaining("another controller holds the write session"),
    });
    expect(restarts()).toEqual([]);
    expect(fleet.state("m0").sessionId).toBe(holder);
    expect(new Set(fleet.commandLog().map(({ command }) => command))).toEqual(new Set(["logon"]));
  });

  it("is waited for within the budget", async () => {
    const { apply, fleet, restarts } = await site({}, "sessionHeld");
    const applying = apply(OFF);
    while (fleet.commandLog().length === 0) await new Promise((resolve) => setImmediate(resolve));
    fleet.heal("m0", "sessionHeld");
    expect(await applying).toMatchObject({ outcome: "acknowledged", writes: 1 });
    expect(restarts()).toEqual(["sleep: applied"]);
  });

  it("is opened once more when it expired before the command: the lost command did nothing and is repeated", async () => {
    const { apply, fleet, restarts } = await site({}, "sessionExpires", 1);
    expect(await apply(OFF)).toMatchObject({ outcome: "acknowledged", writes: 2 });
    expect(restarts()).toEqual(["sleep: bad-session", "sleep: applied"]);
    expect(fleet.state("m0").sessionId).toBeUndefined();
  });

  it("that expires again and again ends as unauthorized", async () => {
    const { apply, restarts } = await site({}, "sessionExpires");
    expect(await apply(OFF)).toMatchObject({
      outcome: "unauthorized",
      detail: expect.stringContaining("after a second logon"),
    });
    expect(restarts()).toEqual(["sleep: bad-session", "sleep: bad-session"]);
  });
});

describe("a LuxOS machine that misbehaves", () => {
  it("and lies is acknowledged, reads back as running, and obeys a second order", async () => {
    const { apply, read, clock, fleet, restarts } = await site({}, "lie", 1);
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    clock.advance(30);
    expect((await read()).state).toBe("running");
    expect(fleet.state("m0").trueWatts).toBeGreaterThan(2_700);
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    clock.advance(30);
    expect((await read()).state).toBe("asleep");
    expect(restarts()).toEqual(["sleep: ignored", "sleep: applied"]);
  });

  it("and only shows itself asleep is not taken for asleep, is told again, and obeys", async () => {
    const { apply, read, clock, restarts, fleet } = await site({}, "sham", 1);
    await apply(OFF);
    clock.advance(60);
    const reading = await read();
    expect(reading.state).toBe("ramping");
    expect(reading.powerW).toBeGreaterThan(2_400);
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    clock.advance(60);
    expect((await read()).state).toBe("asleep");
    expect(restarts()).toEqual(["sleep: ignored", "sleep: applied"]);
    expect(fleet.state("m0").trueWatts).toBeLessThan(26);
  });

  it("and shows a curtail mode that no document lists while it runs is running, and is shed", async () => {
    const { apply, read, clock, fleet, restarts } = await site({}, "strayMode");
    expect((await read()).state).toBe("running");
    expect((await apply(ON)).outcome).toBe("already-there");
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    clock.advance(30);
    expect((await read()).state).toBe("asleep");
    expect(fleet.state("m0").trueWatts).toBeLessThan(26);
    expect(restarts()).toEqual(["sleep: applied"]);
  });

  it("and has lost its pool says so, and does not run; with a pool again it does both", async () => {
    const { read, clock, fleet } = await site({}, "poolLost");
    clock.advance(60);
    expect(await read()).toMatchObject({ state: "ramping", hashrateThs: 0, hasPool: false });
    fleet.heal("m0", "poolLost");
    clock.advance(60);
    expect(await read()).toMatchObject({ state: "running", hasPool: true });
  });

  it("and has a silent board is ramping as long as another one ramps", async () => {
    const { apply, read, clock } = await site({ asleep: true }, "silentBoard");
    await apply(ON);
    clock.advance(20);
    expect((await read()).state).toBe("ramping");
  });

  it("and is written to by another, under whatever code, is waited for, and busy when that lasts", async () => {
    const { apply, restarts } = await site({}, "heldByAnother", 1);
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    expect(restarts()).toEqual(["sleep: applied"]);
    const long = await site({}, "heldByAnother");
    const began = performance.now();
    expect(await long.apply(OFF)).toMatchObject({
      outcome: "busy",
      writes: 0,
      detail: expect.stringMatching(/another controller holds the write session \(code 415: Session is in use by/),
    });
    expect(performance.now() - began).toBeGreaterThan(QUICK.busyBudgetMs - 500);
    expect(long.restarts()).toEqual([]);
  });

  it("and executes without a reply is unknown, is read back, and gets at most one restart command", async () => {
    const { apply, restarts, clock } = await site({}, "dropWriteReply", 1);
    expect(await apply(OFF)).toMatchObject({
      outcome: "unknown",
      writes: 1,
      detail: expect.stringContaining("read back: CurtailMode Sleep, profile default"),
    });
    clock.advance(15);
    expect(await apply(OFF)).toMatchObject({ outcome: "already-there", writes: 0 });
    expect(restarts()).toEqual(["sleep: applied"]);
  });

  it("and loses the reply to the wake-up gets no profile change on top", async () => {
    const { apply, restarts } = await site({ asleep: true }, "dropWriteReply", 1);
    expect(await apply({ kind: "profile", profile: "490MHz" })).toMatchObject({ outcome: "unknown", writes: 1 });
    expect(await apply({ kind: "profile", profile: "490MHz" })).toMatchObject({ outcome: "acknowledged", writes: 1 });
    expect(restarts()).toEqual(["wakeup: applied", "490MHz: applied"]);
  });

  it("and refuses is refused, with its own words", async () => {
    const { apply, restarts } = await site({}, "refuse");
    expect(await apply(OFF)).toMatchObject({
      outcome: "refused",
      writes: 1,
      detail: "code 336: Curtailment not possible now",
    });
    expect(restarts()).toEqual(["sleep: refused"]);
  });

  it("and hangs is unreachable within the timeout, and its state is unknown without a single figure", async () => {
    const { apply, read, restarts } = await site({}, "hang");
    const startedAt = performance.now();
    expect(await apply(OFF)).toMatchObject({
      outcome: "unreachable",
      writes: 0,
      detail: expect.stringContaining("no reply within 300 ms"),
    });
    expect(await read()).toEqual({
      machineId: "m0",
      readAt: "2026-08-18T22:00:00.000Z",
      state: "unknown",
      problem: expect.stringContaining("no reply within 300 ms"),
    });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(restarts()).toEqual([]);
  });

  it("and closes every connection, or cuts its JSON off, is unreachable and unknown", async () => {
    for (const fault of ["drop", "malformed"] as const) {
      const { apply, read, restarts } = await site({}, fault);
      expect(await apply(OFF)).toMatchObject({ outcome: "unreachable", writes: 0 });
      expect((await read()).state).toBe("unknown");
      expect(restarts()).toEqual([]);
    }
  });

  it("and cuts off one read is asked again", async () => {
    const { read } = await site({}, "malformed", 1);
    expect((await read()).state).toBe("running");
  });

  it("and leaves the connection open after its reply costs no waiting", async () => {
    const { apply, read, clock } = await site({}, "neverClose");
    const startedAt = performance.now();
    expect((await apply(OFF)).outcome).toBe("acknowledged");
    clock.advance(15);
    expect((await read()).state).toBe("asleep");
    expect(performance.now() - startedAt).toBeLessThan(QUICK.timeoutMs);
  });

  it("and is not there at all is unreachable, named by its address", async () => {
    const { fleet, apply, read, machine } = await site();
    await fleet.close();
    expect(await apply(OFF)).toMatchObject({
      outcome: "unreachable",
      writes: 0,
      detail: expect.stringContaining(`${machine.host}`),
    });
    expect((await read()).state).toBe("unknown");
  });
});

describe("an abort", () => {
  it("ends a waiting exchange at once, with the abort's own reason", async () => {
    const { driver, machine } = await site({}, "hang");
    const slow = createLuxosDriver({ timeoutMs: 30_000 });
    const stop = new AbortController();
    const startedAt = performance.now();
    const pending = [slow.apply(machine, OFF, stop.signal), slow.read(machine, instantFromMs(0), stop.signal)];
    setTimeout(() => stop.abort(new Error("superseded by revision 18")), 20);
    for (const each of pending) await expect(each).rejects.toThrow("superseded by revision 18");
    await expect(driver.apply(machine, OFF, stop.signal)).rejects.toThrow("superseded by revision 18");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it("while another controller is waited for does not outlast it", async () => {
    const { machine, fleet } = await site({}, "sessionHeld");
    const stop = new AbortController();
    const pending = createLuxosDriver({ busyBudgetMs: 60_000 }).apply(machine, OFF, stop.signal);
    while (fleet.commandLog().length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("shutting down"));
    await expect(pending).rejects.toThrow("shutting down");
  });
});

describe("a fleet of 200 LuxOS machines", () => {
  it("goes to sleep, is read back and wakes, all at once, in less than six seconds each", async () => {
    const clock = testClock();
    const miners = specs(200);
    const fleet = await startMinerFleet({ clock, miners, seed: 5, faults: NO_CHANCE });
    open.push(fleet);
    const driver = createLuxosDriver();
    const machines = miners.map(machineOf);
    const timed = async <T>(work: () => Promise<T>): Promise<T> => {
      const startedAt = performance.now();
      const result = await work();
      expect(performance.now() - startedAt).toBeLessThan(6_000);
      return result;
    };
    const before = fleet.feederWatts("north", clock.nowMs());
    const slept = await timed(() => Promise.all(machines.map((machine) => driver.apply(machine, OFF, never))));
    expect(slept.map(({ outcome }) => outcome)).toEqual(machines.map(() => "acknowledged"));
    clock.advance(15);
    const readings = await timed(() =>
      Promise.all(machines.map((machine) => driver.read(machine, instantFromMs(clock.nowMs()), never))),
    );
    expect(readings.filter(({ state }) => state === "asleep")).toHaveLength(200);
    expect(fleet.feederWatts("north", clock.nowMs())).toBeLessThan(before * 0.01);
    const woken = await timed(() => Promise.all(machines.map((machine) => driver.apply(machine, ON, never))));
    expect(woken.every(({ outcome, writes }) => outcome === "acknowledged" && writes === 1)).toBe(true);
    clock.advance(600);
    expect(fleet.feederWatts("north", clock.nowMs())).toBeCloseTo(before, 0);
  });
});
