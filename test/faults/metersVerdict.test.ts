import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { MeterFault } from "../../src/simulators/meter/meters.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, type Driven, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const METER = "site";
let bench: DispatchBench;
/** Mode that the fleet is in. */
let mode = "normal";

beforeAll(async () => {
  const site = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: 4 });
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment: { ...site, dispatch: { ...site.dispatch, redrivesMax: 0 } },
    seed: 5,
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    startAt: wallToInstant({ day: DAY, time: "19:00:00", repeatedHour: false }),
    driver: { timeoutMs: 1_000 },
  });
}, 60_000);
afterAll(() => bench?.close());

/** Drives the fleet to the other mode. */
async function turn(): Promise<Driven["verdict"]> {
  const to = mode === "normal" ? "off" : "normal";
  const { verdict } = await bench.drive(mode, to);
  mode = to;
  return verdict;
}
const fault = (what: MeterFault | undefined): Promise<void> => bench.world.meters.fault(METER, what);

/** The register at an interval boundary, as it is read and kept four times an hour. */
async function boundary(): Promise<void> {
  await bench.registers.save(bench.deployment.plan.siteId, bench.now(), await bench.meters.read([METER], bench.now()));
}

/** True share of the fleet that is where the last dispatch wanted it. */
const shareThere = (): number => {
  const { fleet } = bench.world;
  return (
    fleet.machineIds.filter((machineId) => fleet.state(machineId).asleep === (mode === "off")).length /
    fleet.machineIds.length
  );
};
const lastTold = (): unknown => bench.told.at(-1);

describe("twelve machines follow every order; what the meter proves of it", () => {
  it("is everything while the meter is well", async () => {
    expect((await turn()).outcome).toBe("confirmed");
    expect(shareThere()).toBe(1);
  });

  it.each([
    ["stopped", { kind: "stopped" }],
    ["that accepts and never answers", { kind: "silent" }],
    ["whose power reads as not available", { kind: "no-power-value" }],
  ] as const)(
    "is nothing with a meter %s: the verdict is unknown, never confirmed, and the machines are there all the same",
    async (_what, what) => {
      await fault(what);
      const verdict = await turn();
      await fault(undefined);
      expect(verdict).toMatchObject({
        outcome: "unknown",
        sentence: expect.stringMatching(
          /no meter reading from before the order, .*: unknown\. Read back as ordered: 12 of 12 machines/,
        ),
      });
      expect(verdict).not.toHaveProperty("measuredDeltaKw");
      expect(lastTold()).toMatchObject({ kind: "dispatch-verdict", outcome: "unknown" });
      expect(shareThere()).toBe(1);
    },
  );

  it("is nothing with a meter that stops between the order and its effect", async () => {
    const { keeper } = bench.world;
    keeper.hold("~order");
    const stopping = keeper
      .waitUntil("~stop", keeper.nowMs() + 5_000)
      .then(() => fault({ kind: "stopped" }))
      .then(() => keeper.release("~stop"));
    const turning = turn();
    await vi.waitUntil(() => keeper.status().holds.some((hold) => hold.startsWith("dispatch/")), 10_000);
    keeper.release("~order");
    const verdict = await turning;
    await stopping;
    await fault(undefined);
    expect(verdict).toMatchObject({ outcome: "unknown", sentence: expect.stringContaining("the meter is silent") });
    expect(shareThere()).toBe(1);
  });

  it("is nothing with a meter that has stood still since its last boundary though it shows power", async () => {
    await fault({ kind: "frozen" });
    await boundary();
    await bench.pass(300);
    const verdict = await turn();
    await fault(undefined);
    expect(verdict).toMatchObject({
      outcome: "unknown",
      sentence: expect.stringContaining("no meter reading from before the order"),
    });
    expect(shareThere()).toBe(1);
  });

  it("is short, not confirmed, with a meter that froze a moment ago: it shows no change", async () => {
    await boundary();
    await bench.pass(60);
    await fault({ kind: "frozen" });
    const verdict = await turn();
    await fault(undefined);
    expect(verdict).toMatchObject({ outcome: "short", measuredDeltaKw: 0 });
    expect(shareThere()).toBe(1);
  });

  it("is everything with a register that jumps: power is another value of the meter", async () => {
    await fault({ kind: "jumping", byWh: 1_000_000n });
    const verdict = await turn();
    await fault(undefined);
    expect(verdict.outcome).toBe("confirmed");
  });
});
