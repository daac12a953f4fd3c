import { describe, expect, it } from "vitest";
import { pooledFleet } from "../../../src/adapters/fleet/pooledFleet.ts";
import { ableCohort } from "../../../src/domain/dispatch/ableCohort.ts";
import type { Machine, MachineReading } from "../../../src/domain/dispatch/model.ts";
import { inputProblem } from "../../../src/domain/inputs/inputProblem.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import { fleetDrivers } from "../../../src/adapters/fleet/registry.ts";
import type { CommandResult, FleetDriver } from "../../../src/ports/fleetControl.ts";
import { startMinerFleet } from "../../../src/simulators/miners/fleet.ts";
import { machineOf, NO_CHANCE, specs, testClock } from "../../simulators/miners/harness.ts";

const never = new AbortController().signal;
const AT = instantFromMs(Date.parse("2026-08-18T22:00:00Z"));

async function commandAll(machines: readonly Machine[], drivers: ReadonlyMap<string, FleetDriver>) {
  const fleet = pooledFleet({ inventory: new Map([["site", machines]]), drivers, concurrency: 4 });
  const results = new Map<string, CommandResult>();
  await fleet.apply(
    machines.map((machine) => ({ machine, point: { kind: "off" } })),
    never,
    (result) => void results.set(result.machineId, result),
  );
  const readings = new Map<string, MachineReading>(
    (await fleet.read(machines, AT, never)).map((reading) => [reading.machineId, reading]),
  );
  return { results, readings };
}

describe("one machine of eight", () => {
  it("that refuses in control characters is the only one refused, and what it said can be kept", async () => {
    const miners = specs(8);
    const sim = await startMinerFleet({ clock: testClock(), miners, seed: 7, faults: NO_CHANCE });
    sim.inject("m3", "garbledText");
    const { results, readings } = await commandAll(miners.map(machineOf), fleetDrivers());
    await sim.close();
    const words = JSON.stringify([...results.values(), ...readings.values()]);
    expect(/\\u0000|\\ud[89a-f]/i.test(words)).toBe(false);
    expect(results.get("m3")).toMatchObject({ outcome: "refused", detail: expect.stringContaining("\ufffd") });
    expect(results.get("m3")?.detail?.length).toBeLessThanOrEqual(500);
    expect([...results.values()].filter(({ outcome }) => outcome === "acknowledged")).toHaveLength(7);
  });

  it("whose driver fails is unknown with the reason; the others are commanded and read", async () => {
    const broken: FleetDriver = {
      ...(fleetDrivers().get("luxos") as FleetDriver),
      driverId: "broken",
      apply: () => Promise.reject(new TypeError("undefined is no address")),
      read: () => Promise.reject(new TypeError("undefined is no address")),
    };
    const miners = specs(8);
    const sim = await startMinerFleet({ clock: testClock(), miners, seed: 7, faults: NO_CHANCE });
    const machines = miners.map(machineOf).map((one, i) => (i === 5 ? { ...one, driver: "broken" } : one));
    const { results, readings } = await commandAll(machines, new Map([...fleetDrivers(), ["broken", broken]]));
    await sim.close();
    expect(results.get("m5")).toEqual({
      machineId: "m5",
      outcome: "unknown",
      writes: 0,
      detail: "driver broken failed, what the machine did is not known: undefined is no address",
    });
    expect(readings.get("m5")).toMatchObject({ state: "unknown", problem: expect.stringContaining("no address") });
    expect([...results.values()].filter(({ outcome }) => outcome === "acknowledged")).toHaveLength(7);
    expect([...readings.values()].filter(({ state }) => state === "ramping")).toHaveLength(7);
  });
});

describe("a fleet controller that answers nonsense for some machines", () => {
  const luxos = fleetDrivers().get("luxos") as FleetDriver;
  const [first, second, third] = specs(3).map((one) => ({ ...machineOf(one), driver: "odd" })) as [
    Machine,
    Machine,
    Machine,
  ];
  const capabilities = { ...luxos.capabilities, takes: ["percent"] as const, machinesAtOnce: 100 };
  const asleep = ({ machineId }: Machine) => ({ machineId, readAt: AT, state: "asleep" as const });

  it("and gives two answers for one: that one is unknown, neither asleep nor commanded", async () => {
    const odd: FleetDriver = {
      ...luxos,
      driverId: "odd",
      capabilities,
      apply: async ({ machines }) =>
        [...machines, first].map(({ machineId }) => ({ machineId, outcome: "acknowledged", writes: 1 })),
      read: async (machines) => [{ ...asleep(first), state: "running" }, ...machines.map(asleep)],
    };
    const { results, readings } = await commandAll([first, second], new Map([["odd", odd]]));
    expect([results.get("m0")?.outcome, results.get("m1")?.outcome]).toEqual(["unknown", "acknowledged"]);
    expect([readings.get("m0")?.state, readings.get("m1")?.state]).toEqual(["unknown", "asleep"]);
    expect(readings.get("m0")?.problem).toContain("answered twice for this machine");
  });

  it("as power and hashrate: those are not said, and the cohort's count goes out", async () => {
    const powers = [Number.NaN, 1e308, 3_000];
    const odd: FleetDriver = {
      ...luxos,
      driverId: "odd",
      capabilities,
      read: async (machines) =>
        machines.map((one, i) => ({ ...asleep(one), state: "running", powerW: powers[i], hashrateThs: powers[i] })),
    };
    const fleet = pooledFleet({
      inventory: new Map([["site", [first, second, third]]]),
      drivers: new Map([["odd", odd]]),
      concurrency: 4,
    });
    const read = await fleet.read([first, second, third], AT, never);
    expect(read.map(({ powerW }) => powerW)).toEqual([undefined, undefined, 3_000]);
    const surveyed = read.map((reading) => ({ reading, before: undefined }));
    const cohorts = [ableCohort({ cohortId: "c", lockedOut: false }, surveyed)];
    const told = { kind: "fleet-able", id: `fleet-able/${AT}`, at: AT, observedAt: AT, cohorts };
    expect(inputProblem(JSON.parse(JSON.stringify(told)))).toBeUndefined();
  });

  it("as what it held before: the result says that there is no way back to it", async () => {
    const odd: FleetDriver = {
      ...luxos,
      driverId: "odd",
      capabilities,
      apply: async ({ machines }) =>
        machines.map(({ machineId }) => ({
          machineId,
          outcome: "acknowledged",
          writes: 1,
          setpointBefore: { kind: "percent", percent: 4_000_000 },
        })),
      read: async (machines) => machines.map(asleep),
    };
    const { results } = await commandAll([first], new Map([["odd", odd]]));
    expect(results.get("m0")).toEqual({
      machineId: "m0",
      outcome: "acknowledged",
      writes: 1,
      detail:
        "it said that it held 4000000 % of normal power, which cannot be kept: percent of normal power are above 0 " +
        "and at most 200; for none say off",
    });
  });
});
