import { describe, expect, it } from "vitest";
import { createExampleDriver } from "../../../src/adapters/fleet/_blueprint.ts";
import { eachMachine } from "../../../src/adapters/fleet/eachMachine.ts";
import { driverKinds, fleetDrivers } from "../../../src/adapters/fleet/registry.ts";
import { siteFileSchema } from "../../../src/app/worker/registries.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import { nextHost } from "../../simulators/miners/harness.ts";

const drivers = [...fleetDrivers(), ["example", eachMachine(createExampleDriver())] as const];

describe("every fleet driver", () => {
  it("is registered under its own id", () => {
    for (const [id, driver] of fleetDrivers()) expect(driver.driverId).toBe(id);
    expect(fleetDrivers().has("luxos")).toBe(true);
  });

  it("can be named in a configuration, and nothing else can", () => {
    const named = driverKinds.map(({ usual }) => siteFileSchema.shape.cohorts.element.shape.driver.safeParse(usual));
    expect(named.map(({ data }) => data?.use)).toEqual([...fleetDrivers().keys()]);
    const { driver } = siteFileSchema.shape.cohorts.element.shape;
    expect(driver.safeParse({ use: "luxoss", port: 4028 }).success).toBe(false);
  });

  it.each(drivers)(
    "%s says what it takes, how many at once, how long a dead controller keeps others out; no more",
    (_, driver) => {
      const { takes, machinesAtOnce, abandonedControlSeconds, ...unread } = driver.capabilities;
      expect(unread).toEqual({});
      expect(["profile", "watts", "percent"]).toEqual(expect.arrayContaining([...takes]));
      expect(Number.isSafeInteger(machinesAtOnce) && machinesAtOnce >= 1).toBe(true);
      expect(abandonedControlSeconds).toBeGreaterThanOrEqual(0);
    },
  );

  it.each(drivers)(
    "%s calls an address where nobody listens unreachable and unknown, without a figure and without a write",
    async (id, driver) => {
      const machine = { machineId: "gone", host: nextHost(), port: 9, cohortId: "c", clientId: "c", driver: id };
      const never = new AbortController().signal;
      expect(await driver.apply({ machines: [machine], point: { kind: "off" } }, never)).toEqual([
        { machineId: "gone", outcome: "unreachable", writes: 0, detail: expect.stringContaining("ECONNREFUSED") },
      ]);
      const readAt = instantFromMs(0);
      expect(await driver.read([machine], readAt, never)).toEqual([
        { machineId: "gone", readAt, state: "unknown", problem: expect.stringContaining("ECONNREFUSED") },
      ]);
    },
  );

  it.each(drivers)("%s rejects with the abort's reason", async (id, driver) => {
    const machine = { machineId: "gone", host: nextHost(), port: 9, cohortId: "c", clientId: "c", driver: id };
    const stopped = AbortSignal.abort(new Error("stop"));
    await expect(driver.apply({ machines: [machine], point: { kind: "off" } }, stopped)).rejects.toThrow("stop");
    await expect(driver.read([machine], instantFromMs(0), stopped)).rejects.toThrow("stop");
  });
});
