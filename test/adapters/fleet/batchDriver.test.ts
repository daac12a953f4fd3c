import { afterEach, describe, expect, it } from "vitest";
import { fleetDrivers } from "../../../src/adapters/fleet/registry.ts";
import { pooledFleet } from "../../../src/adapters/fleet/pooledFleet.ts";
import type { Machine, MachineReading, OperatingPoint } from "../../../src/domain/dispatch/model.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import type { CommandResult } from "../../../src/ports/fleetControl.ts";
import { startMinerFleet } from "../../../src/simulators/miners/fleet.ts";
import type { MinerFleet } from "../../../src/simulators/miners/model.ts";
import { controllerOn } from "../../simulators/miners/controller.ts";
import { machineOf, NO_CHANCE, nextHost, specs, testClock } from "../../simulators/miners/harness.ts";
import { createControllerDriver } from "./batchDriver.ts";

const never = new AbortController().signal;
const PORT = 7_010;
const open: MinerFleet[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

/** `count` machines behind one controller, and the fleet that commands them. */
async function rig(count: number, luxos: readonly Machine[] = []) {
  const clock = testClock();
  const host = nextHost();
  const controller = controllerOn(host, PORT);
  const sim = await startMinerFleet({
    clock,
    miners: specs(count),
    seed: 7,
    faults: NO_CHANCE,
    protocol: controller.serve,
  });
  open.push(sim);
  const machines = sim.machineIds.map((machineId): Machine => ({
    machineId,
    host,
    port: PORT,
    cohortId: "c",
    clientId: "c",
    driver: "controller",
  }));
  const drivers = new Map([...fleetDrivers(), ["controller", createControllerDriver()] as const]);
  const fleet = pooledFleet({ inventory: new Map([["site", [...machines, ...luxos]]]), drivers, concurrency: 50 });
  const apply = async (pointOf: (machine: Machine) => OperatingPoint, of: readonly Machine[] = machines) => {
    const results = new Map<string, CommandResult>();
    const orders = of.map((machine) => ({ machine, point: pointOf(machine) }));
    await fleet.apply(orders, never, (result) => void results.set(result.machineId, result));
    return results;
  };
  const read = async (of: readonly Machine[] = machines) =>
    new Map<string, MachineReading>(
      (await fleet.read(of, instantFromMs(clock.nowMs()), never)).map((one) => [one.machineId, one]),
    );
  return { clock, sim, controller, machines, apply, read };
}

const all = <T>(values: Iterable<T>) => new Set(values);

describe("a fleet controller that commands many machines at once", () => {
  it("takes 1,000 machines down to 2,100 W, off, and back to what each held: three exchanges a command, not 1,000", async () => {
    const { clock, sim, controller, machines, apply, read } = await rig(1_000);
    const down = await apply(() => ({ kind: "watts", watts: 2_100 }));
    expect(down.get("m7")).toEqual({
      machineId: "m7",
      outcome: "acknowledged",
      writes: 1,
      setpointBefore: { kind: "watts", watts: 2_794 },
    });
    // 1,000 machines at 400 in a call: three reads, three writes.
    expect(controller.requests.toSorted()).toEqual([
      "read 200",
      "read 400",
      "read 400",
      "set 200 2100",
      "set 400 2100",
      "set 400 2100",
    ]);
    clock.advance(60);
    const at = await read();
    expect(all([...at.values()].map(({ state }) => state))).toEqual(all(["running"]));
    expect(at.get("m7")?.setpoint).toEqual({ kind: "watts", watts: 2_100 });
    expect(sim.feederWatts("north", clock.nowMs()) / 1_000).toBeCloseTo(2_100, -2);

    expect(all([...(await apply(() => ({ kind: "off" }))).values()].map(({ outcome }) => outcome))).toEqual(
      all(["acknowledged"]),
    );
    clock.advance(60);
    expect(sim.feederWatts("north", clock.nowMs())).toBeCloseTo(25_000, -2);

    const back = await apply(({ machineId }) => down.get(machineId)?.setpointBefore ?? { kind: "on" });
    expect(all([...back.values()].map(({ writes }) => writes))).toEqual(all([2]));
    clock.advance(300);
    expect(all([...(await read()).values()].map(({ setpoint }) => JSON.stringify(setpoint)))).toEqual(
      all(['{"kind":"watts","watts":2794}']),
    );
    expect(machines).toHaveLength(1_000);
  });

  it("puts machines that go to one point in one call, and each point in a call of its own", async () => {
    const { controller, apply } = await rig(6);
    await apply(({ machineId }) => ({ kind: "watts", watts: Number(machineId.slice(1)) % 2 === 0 ? 1_500 : 2_000 }));
    expect(controller.requests.toSorted()).toEqual(["read 3", "read 3", "set 3 1500", "set 3 2000"]);
  });

  it("writes nothing where nothing differs", async () => {
    const { controller, apply } = await rig(3);
    const results = await apply(() => ({ kind: "watts", watts: 2_794 }));
    expect(all([...results.values()].map(({ outcome }) => outcome))).toEqual(all(["already-there"]));
    expect(controller.requests).toEqual(["read 3"]);
  });

  it("that does not know a machine, or whose machine refuses, costs no other one anything", async () => {
    const { sim, machines, apply, read } = await rig(4);
    sim.inject("m2", "refuse");
    const stranger = { ...(machines[0] as Machine), machineId: "m99" };
    const results = await apply(() => ({ kind: "off" }), [...machines, stranger]);
    expect([...results.values()].map(({ machineId, outcome }) => `${machineId} ${outcome}`).toSorted()).toEqual([
      "m0 acknowledged",
      "m1 acknowledged",
      "m2 refused",
      "m3 acknowledged",
      "m99 unknown",
    ]);
    expect(results.get("m99")?.detail).toContain("said nothing of this machine");
    expect((await read([...machines, stranger])).get("m99")).toMatchObject({ state: "unknown" });
  });

  it("is asked for nothing that it cannot take: a profile is unsupported, without an exchange", async () => {
    const { controller, apply } = await rig(2);
    const results = await apply(() => ({ kind: "profile", profile: "490MHz" }));
    expect(results.get("m1")).toEqual({
      machineId: "m1",
      outcome: "unsupported",
      writes: 0,
      detail: "driver controller cannot set a machine to profile 490MHz",
    });
    expect(controller.requests).toEqual([]);
  });

  it("that is gone takes its machines with it, and none of another driver's", async () => {
    const miners = specs(5).map((spec) => ({ ...spec, machineId: `lux-${spec.machineId}` }));
    const clock = testClock();
    const other = await startMinerFleet({ clock, miners, seed: 7, faults: NO_CHANCE });
    open.push(other);
    const luxos = miners.map(machineOf);
    const { sim, machines, apply } = await rig(5, luxos);
    await sim.close();
    open.splice(open.indexOf(sim), 1);
    const results = await apply(() => ({ kind: "off" }), [...machines, ...luxos]);
    const outcomes = Map.groupBy(results.values(), ({ outcome }) => outcome);
    expect(outcomes.get("unreachable")?.map(({ machineId }) => machineId)).toEqual(sim.machineIds);
    expect(
      outcomes
        .get("acknowledged")
        ?.map(({ machineId }) => machineId)
        .toSorted(),
    ).toEqual(luxos.map(({ machineId }) => machineId).toSorted());
  });
});
