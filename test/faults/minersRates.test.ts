import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Straggler } from "../../src/ports/fleetLedger.ts";
import type { FaultRates, SimCommand, SimMinerState } from "../../src/simulators/miners/model.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, doubled, type Driven, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const MACHINES = 240;
const TIMEOUT_MS = 1_000;
const BUSY_BUDGET_MS = 500;
/** Each of the field's troubles at one machine, or one command, in thirty-three. */
const THREE_PER_CENT: Partial<FaultRates> = {
  lie: 0.03,
  hang: 0.03,
  dropWriteReply: 0.03,
  refuse: 0.03,
  sessionHeld: 0.03,
  slowWake: 0.03,
  dead: 0.03,
  deadAtResume: 0.03,
};

interface Driving extends Driven {
  readonly commands: readonly SimCommand[];
  readonly listed: ReadonlyMap<string, Straggler>;
  readonly states: ReadonlyMap<string, SimMinerState>;
  /** True change of the machines' power, kW. */
  readonly deltaKw: number;
  /** Machines that answered and drew power before, and their part of the nameplate change, kW. */
  readonly expectedKw: number;
}

describe.each([
  ["default rates", undefined],
  ["3 % of every fault", THREE_PER_CENT],
] as const)("240 machines with %s", (_what, faults) => {
  let bench: DispatchBench;
  let down: Driving;
  let up: Driving;

  async function drive(fromModeId: string, modeId: string): Promise<Driving> {
    const { fleet } = bench.world;
    const truth = (): Map<string, SimMinerState> =>
      new Map(fleet.machineIds.map((machineId) => [machineId, fleet.state(machineId)]));
    const kw = (states: ReadonlyMap<string, SimMinerState>): number =>
      [...states.values()].reduce((watts, { trueWatts }) => watts + trueWatts, 0) / 1000;
    const mark = bench.mark();
    const before = truth();
    const driven = await bench.drive(fromModeId, modeId);
    const states = truth();
    return {
      ...driven,
      commands: bench.commandsSince(mark),
      listed: await bench.stragglers(),
      states,
      deltaKw: kw(states) - kw(before),
      expectedKw: Number(/^[−+]([\d,.]+) kW/.exec(driven.verdict.sentence)?.[1]?.replaceAll(",", "")),
    };
  }

  beforeAll(async () => {
    bench = await startDispatchBench({
      database: await testDatabase(),
      temporal: testTemporal(),
      deployment: smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: MACHINES / 3 }),
      seed: 41,
      faults,
      startAt: wallToInstant({ day: DAY, time: "19:00:00", repeatedHour: false }),
      driver: { timeoutMs: TIMEOUT_MS, busyBudgetMs: BUSY_BUDGET_MS },
    });
    down = await drive("normal", "off");
    up = await drive("off", "normal");
  }, 120_000);
  afterAll(() => bench?.close());

  it("at the end of each dispatch every machine is where it should be, or on the list of stragglers with the truth about it", () => {
    for (const [{ listed, states }, wantsAsleep] of [
      [down, true],
      [up, false],
    ] as const) {
      for (const [machineId, { asleep, trueThs, faults: its }] of states) {
        const there = wantsAsleep ? asleep : !asleep && trueThs > 0.001;
        const said = listed.get(machineId)?.state;
        const shut = its.includes("hang") || its.includes("dead");
        const truths = shut
          ? ["unknown"]
          : there
            ? [undefined]
            : [asleep ? "asleep" : trueThs > 0.001 ? "running" : "ramping"];
        expect([machineId, said]).toEqual([machineId, truths[0]]);
      }
    }
  });

  it("no restart command is doubled at any machine", () => {
    expect(doubled(down.commands)).toEqual([]);
    expect(doubled(up.commands)).toEqual([]);
    expect(down.commands.filter(({ outcome }) => outcome === "applied").length).toBe(
      [...down.states.values()].filter(({ asleep }) => asleep).length,
    );
  });

  it("the verdict is what the meter saw: confirmed at 95 % of what able machines can move, short below", () => {
    for (const { verdict, deltaKw, expectedKw } of [down, up]) {
      const share = Math.abs(deltaKw * 1.02) / expectedKw;
      expect(Math.abs((verdict.measuredDeltaKw as number) - deltaKw * 1.02)).toBeLessThan(0.005 * 750);
      expect(verdict.outcome).toBe(share >= 0.95 ? "confirmed" : "short");
    }
  });

  it("machines that hang or hold their session for somebody else keep no batch longer than their own time-outs", () => {
    for (const { batchMs } of [down, up])
      expect(Math.max(...batchMs)).toBeLessThan(2 * (TIMEOUT_MS + BUSY_BUDGET_MS) + 3_000);
  });
});
