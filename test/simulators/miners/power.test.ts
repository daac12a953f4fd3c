import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { energyWms, loadAt, type LoadSegment } from "../../../src/simulators/miners/powerCurve.ts";
import { SimMiner } from "../../../src/simulators/miners/miner.ts";
import { DEFAULT_FAULT_RATES } from "../../../src/simulators/miners/faults.ts";
import { profileTable } from "../../../src/simulators/miners/profileTables.ts";
import { NO_CHANCE } from "./harness.ts";

const START_MS = Date.parse("2026-08-18T22:00:00Z");
const rates = { ...DEFAULT_FAULT_RATES, ...NO_CHANCE };
const minerAt = (machineId: string) =>
  new SimMiner({ machineId, host: "127.1.1.1", model: "S19k Pro", feederId: "north" }, 7, rates, START_MS);

/** Watt-hours by adding up many thin slices: the slow way, to check the closed form. */
function slicedWattHours(watts: (atMs: number) => number, fromMs: number, toMs: number): number {
  const slices = 20_000;
  const widthMs = (toMs - fromMs) / slices;
  let sum = 0;
  for (let slice = 0; slice < slices; slice++) sum += watts(fromMs + (slice + 0.5) * widthMs) * widthMs;
  return sum / 3_600_000;
}

describe("energy of a simulated machine", () => {
  it("is the area under its power: closed form and thin slices agree through sleep, wake and underclock", () => {
    const miner = minerAt("m1");
    let sliced = 0;
    let fromMs = START_MS;
    const runTo = (seconds: number) => {
      const toMs = START_MS + seconds * 1000;
      sliced += slicedWattHours((atMs) => miner.trueLoad(atMs).watts, fromMs, toMs);
      fromMs = toMs;
      return toMs;
    };
    miner.sleep(runTo(60));
    miner.wake(runTo(120), "default");
    miner.setProfile(runTo(125), profileTable("S19k Pro")[12] ?? miner.profile);
    miner.sleep(runTo(300));
    const end = runTo(360);
    expect(miner.wattHours(end)).toBeCloseTo(sliced, 3);
  });

  it("behind a breaker that opens at 22:01 and closes at 22:04: nothing, then boots into work at 22:05", () => {
    const [seldom, often] = [minerAt("m1"), minerAt("m1")];
    for (const miner of [seldom, often]) miner.cutPower(START_MS + 60_000, START_MS + 240_000);
    const watts = (atMs: number) => often.trueLoad(atMs).watts;
    const full = watts(START_MS);
    const end = START_MS + 600_000;
    const at = (seconds: number) => START_MS + seconds * 1_000;
    expect([59, 60, 240, 300].map((seconds) => watts(at(seconds)))).toEqual([full, 0, 0, 0]);
    expect([59, 60, 299, 300].map((seconds) => seldom.isUp(at(seconds)))).toEqual([true, false, false, true]);
    expect(watts(end)).toBeCloseTo(full, 0);
    // A minute before, and from 22:05 on with a time constant of 30 s.
    expect(seldom.wattHours(end)).toBeCloseTo((full * (60 + 300 - 30)) / 3_600, 0);
    expect(often.wattHours(end)).toBe(seldom.wattHours(end));
  });

  it("of one that slept when its power went: asleep again once it has booted", () => {
    const miner = minerAt("m1");
    miner.cutPower(START_MS + 60_000, START_MS + 120_000);
    miner.sleep(START_MS);
    expect(miner.trueLoad(START_MS + 600_000).watts).toBeCloseTo(25, 3);
    expect(miner.state(START_MS + 600_000).asleep).toBe(true);
  });

  it("is the same however often, and when, somebody reads it", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ gapMs: fc.integer({ min: 0, max: 90_000 }), act: fc.constantFrom("sleep", "wake", "step") }),
          { maxLength: 12 },
        ),
        fc.array(fc.integer({ min: 0, max: 1_200_000 }), { maxLength: 30 }),
        (acts, reads) => {
          const [silent, watched] = [minerAt("m2"), minerAt("m2")];
          const table = profileTable("S19k Pro");
          let atMs = START_MS;
          let last = 0;
          acts.forEach(({ gapMs, act }, index) => {
            for (const offset of reads) if (offset < gapMs) watched.wattHours(atMs + offset);
            atMs += gapMs;
            for (const miner of [silent, watched]) {
              if (act === "sleep") miner.sleep(atMs);
              else if (act === "wake") miner.wake(atMs, "default");
              else miner.setProfile(atMs, table[index] ?? miner.profile);
            }
            const register = watched.wattHours(atMs);
            expect(register).toBeGreaterThanOrEqual(last);
            last = register;
          });
          const endMs = atMs + 1_200_000;
          expect(watched.wattHours(endMs)).toBe(silent.wattHours(endMs));
        },
      ),
    );
  });

  it("adds up: the energy of two neighboring stretches is that of both", () => {
    const segment = fc.record({
      kind: fc.constant("wake" as const),
      startMs: fc.constant(0),
      deadMs: fc.integer({ min: 0, max: 60_000 }),
      tauMs: fc.integer({ min: 1, max: 120_000 }),
      from: fc.record({ watts: fc.integer({ min: 0, max: 4_000 }), ths: fc.constant(0) }),
      to: fc.record({ watts: fc.integer({ min: 0, max: 4_000 }), ths: fc.constant(100) }),
    });
    fc.assert(
      fc.property(
        segment,
        fc.integer({ min: 0, max: 600_000 }),
        fc.integer({ min: 0, max: 600_000 }),
        (whole: LoadSegment, firstMs, secondMs) => {
          const deadLeftMs = Math.max(0, whole.deadMs - firstMs);
          const rest: LoadSegment = { ...whole, startMs: firstMs, deadMs: deadLeftMs, from: loadAt(whole, firstMs) };
          const together = energyWms(whole, firstMs + secondMs);
          const apart = energyWms(whole, firstMs) + energyWms(rest, firstMs + secondMs);
          expect(Math.abs(together - apart)).toBeLessThan(1e-6 * Math.max(1, together) + 1e-3);
        },
      ),
    );
  });
});

describe("power of a simulated machine", () => {
  it("falls to 25 W with a time constant of 1.5 s and comes back after 2 s with one of 30 s", () => {
    const miner = minerAt("m3");
    const full = miner.trueLoad(START_MS).watts;
    miner.sleep(START_MS);
    expect(miner.trueLoad(START_MS + 1_500).watts).toBeCloseTo(25 + (full - 25) / Math.E, 6);
    expect(miner.trueLoad(START_MS + 30_000).watts).toBeCloseTo(25, 3);
    miner.wake(START_MS + 60_000, "default");
    expect(miner.trueLoad(START_MS + 62_000).watts).toBeCloseTo(25, 3);
    expect(miner.trueLoad(START_MS + 92_000).watts).toBeCloseTo(full + (25 - full) / Math.E, 3);
    expect(miner.isRamping(START_MS + 92_000)).toBe(true);
    expect(miner.isRamping(START_MS + 240_000)).toBe(false);
  });

  it("differs from the table by at most 2 % in truth and by at most 8 % more in what the machine says", () => {
    const atMs = START_MS + 10_000;
    const machines = Array.from({ length: 400 }, (_, index) => minerAt(`m${index}`));
    for (const miner of machines) {
      const { watts } = miner.trueLoad(atMs);
      expect(Math.abs(watts / 2794 - 1)).toBeLessThanOrEqual(0.02);
      const spread = miner.psuMeasures ? 0.011 : 0.092;
      expect(Math.abs(miner.shownWatts(atMs) / watts - 1)).toBeLessThanOrEqual(spread);
      expect(miner.shownWatts(atMs + 400)).toBe(miner.shownWatts(atMs));
    }
    expect(machines.some((miner) => Math.abs(miner.shownWatts(atMs) / miner.trueLoad(atMs).watts - 1) > 0.05)).toBe(
      true,
    );
    expect(machines.filter(({ psuMeasures }) => psuMeasures).length).toBeLessThan(100);
  });

  it("keeps the ramp of a wake when the profile is set on the way up", () => {
    const miner = minerAt("m4");
    miner.sleep(START_MS);
    miner.wake(START_MS + 60_000, "default");
    miner.setProfile(START_MS + 60_000, profileTable("S19k Pro")[12] ?? miner.profile);
    expect(miner.trueLoad(START_MS + 62_000).watts).toBeLessThan(26);
    expect(miner.trueLoad(START_MS + 70_000).watts).toBeLessThan(700);
  });
});

describe("profile tables", () => {
  it("have 25 rising points with 16 steps below the factory point and 8 above, at each model's nameplate", () => {
    for (const [model, ths, watts] of [
      ["S19k Pro", 121.8, 2794],
      ["S19j Pro", 104, 3068],
      ["S21", 200, 3500],
    ] as const) {
      const table = profileTable(model);
      expect(table.map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, index) => index - 16));
      expect(table.find(({ name }) => name === "default")).toMatchObject({ ths, watts, step: 0 });
      expect(new Set(table.map(({ name }) => name)).size).toBe(25);
      table
        .slice(1)
        .forEach((point, index) =>
          expect(point.watts).toBeGreaterThan(table[index]?.watts ?? Number.POSITIVE_INFINITY),
        );
    }
  });
});
