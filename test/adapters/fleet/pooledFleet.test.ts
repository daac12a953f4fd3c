import { describe, expect, it } from "vitest";
import { pooledFleet } from "../../../src/adapters/fleet/pooledFleet.ts";
import type { Machine, MachineReading } from "../../../src/domain/dispatch/model.ts";
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
