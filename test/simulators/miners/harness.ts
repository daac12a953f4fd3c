import type { Machine } from "../../../src/domain/dispatch/model.ts";
import { startMinerFleet } from "../../../src/simulators/miners/fleet.ts";
import type { FaultRates, MinerFleet, SimMinerSpec } from "../../../src/simulators/miners/model.ts";

/** Faults that happen by themselves, all off: a test that wants one puts it there. */
export const NO_CHANCE: Partial<FaultRates> = { lie: 0, deadAtResume: 0, dropWriteReply: 0 };

/** A market clock that stands until the test moves it. */
export interface TestClock {
  nowMs(): number;
  advance(seconds: number): void;
}

export function testClock(start = "2026-08-18T22:00:00Z"): TestClock {
  let nowMs = Date.parse(start);
  return { nowMs: () => nowMs, advance: (seconds) => void (nowMs += seconds * 1000) };
}

let hosts = 0;

/** A loopback address that no other fleet of this or a neighboring test process uses. */
export function nextHost(): string {
  hosts += 1;
  // The upper half: a small site's machines have the lower addresses of their net.
  const block = 128 + ((process.pid >> 6) % 16) * 8 + Math.floor(hosts / 250);
  return `127.${64 + (process.pid % 64)}.${block}.${1 + (hosts % 250)}`;
}

/** `count` machines m0, m1, … behind feeder "north". */
export function specs(count: number, shape: Partial<SimMinerSpec> = {}): SimMinerSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    machineId: `m${index}`,
    host: nextHost(),
    model: "S19k Pro",
    feederId: "north",
    ...shape,
  }));
}

/** The inventory line of a simulated machine. */
export function machineOf(spec: SimMinerSpec): Machine {
  return {
    machineId: spec.machineId,
    host: spec.host,
    port: spec.port ?? 4028,
    cohortId: "cohort",
    clientId: "client",
    driver: "luxos",
  };
}

export interface OneMiner {
  readonly clock: TestClock;
  readonly fleet: MinerFleet;
  readonly machine: Machine;
}

/** One machine m0 without chance faults; the caller closes the fleet. */
export async function oneMiner(shape: Partial<SimMinerSpec> = {}): Promise<OneMiner> {
  const clock = testClock();
  const [spec] = specs(1, shape);
  if (!spec) throw new Error("one machine expected");
  const fleet = await startMinerFleet({ clock, miners: [spec], seed: 7, faults: NO_CHANCE });
  return { clock, fleet, machine: machineOf(spec) };
}
