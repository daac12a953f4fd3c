import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../../src/domain/dispatch/batches.ts";
import { machineModes } from "../../../src/domain/dispatch/machineModes.ts";
import type { CohortTarget } from "../../../src/domain/dispatch/model.ts";

const off = (machines: number) => ({ modeId: "off", machines });
const normal = (machines: number) => ({ modeId: "normal", machines });
const count = (modes: readonly string[], modeId: string) => modes.filter((mode) => mode === modeId).length;
/** Able to run or not, of up to 300 machines, and how many of the able ones are to run. */
const cohorts = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 300 })
  .chain((able) => fc.tuple(fc.constant(able), fc.nat(able.filter(Boolean).length)));
const splitOf = (able: readonly boolean[], k: number) =>
  [off(able.filter(Boolean).length - k), normal(k)].filter(({ machines }) => machines > 0);

function target(shares: readonly { modeId: string; machines: number }[], machines: number): CohortTarget {
  const expected = { cohortId: "s19", point: { kind: "off" } as const, expectedW: 26, restores: false };
  return {
    cohortId: "s19",
    machines,
    shares: shares.map((share) => ({ ...share, ...expected })),
    before: [],
    isDriven: true,
  };
}

describe("which machines of a cohort hold which mode", () => {
  it("of five, three to run: the first three of the inventory", () => {
    const all = Array<boolean>(5).fill(true);
    expect(machineModes([off(2), normal(3)], all)).toEqual(["normal", "normal", "normal", "off", "off"]);
  });

  it("a machine that cannot run is passed over and told the lower mode", () => {
    const able = [true, false, true, true, true];
    expect(machineModes([off(1), normal(3)], able)).toEqual(["normal", "off", "normal", "normal", "off"]);
  });

  it("when fewer are able than were decided for, the others are called too: as many as decided", () => {
    expect(machineModes([off(1), normal(3)], [false, true, false, true])).toEqual([
      "normal",
      "normal",
      "off",
      "normal",
    ]);
  });

  it("a whole cohort has one mode, the machines that cannot run too; no split, no mode", () => {
    expect(machineModes([normal(2)], [true, false, true])).toEqual(["normal", "normal", "normal"]);
    expect(machineModes([], [true, true])).toEqual([]);
  });

  it("every machine has exactly one mode, in the numbers decided, and none that cannot run is told to", () => {
    fc.assert(
      fc.property(cohorts, ([able, k]) => {
        const modes = machineModes(splitOf(able, k), able);
        expect(modes).toHaveLength(splitOf(able, k).length === 0 ? 0 : able.length);
        const whole = k > 0 && k === able.filter(Boolean).length;
        expect(count(modes, "normal")).toBe(whole ? able.length : k);
        if (!whole) expect(modes.filter((mode, place) => mode === "normal" && !able[place])).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("one machine more or less to run moves that one machine and no other", () => {
    fc.assert(
      fc.property(cohorts, fc.nat(300), ([able, k], other) => {
        const ableCount = able.filter(Boolean).length;
        // Both below the whole cohort: there the machines that cannot run change too.
        const [one, two] = [k, other % (ableCount + 1)].map((n) => Math.min(n, Math.max(0, ableCount - 1)));
        if (ableCount === 0 || one === undefined || two === undefined) return;
        const before = machineModes([off(ableCount - one), normal(one)], able);
        const after = machineModes([off(ableCount - two), normal(two)], able);
        const moved = before.filter((mode, place) => mode !== after[place]);
        expect(moved).toHaveLength(Math.abs(one - two));
        expect(new Set(moved).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("a machine that fails moves itself and its stand-in, never a third", () => {
    fc.assert(
      fc.property(cohorts, fc.nat(299), ([able, k], at) => {
        const place = at % able.length;
        const less = able.map((one, i) => one && i !== place);
        const running = Math.min(k, less.filter(Boolean).length - 1);
        if (running < 0) return;
        const split = [off(able.filter(Boolean).length - running), normal(running)];
        const [before, after] = [machineModes(split, able), machineModes(split, less)];
        expect(before.filter((mode, i) => mode !== after[i]).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the batches of a cohort", () => {
  it("250 machines off in batches of 100", () => {
    const all = Array<boolean>(250).fill(true);
    expect(batchesOf(target([off(250)], 250), all, 100)).toEqual([
      { cohortId: "s19", modeId: "off", spans: [{ from: 0, to: 100 }] },
      { cohortId: "s19", modeId: "off", spans: [{ from: 100, to: 200 }] },
      { cohortId: "s19", modeId: "off", spans: [{ from: 200, to: 250 }] },
    ]);
  });

  it("are of one mode each: three of six run, the second cannot", () => {
    const able = [true, false, true, true, true, true];
    expect(batchesOf(target([off(2), normal(3)], 6), able, 100)).toEqual([
      {
        cohortId: "s19",
        modeId: "off",
        spans: [
          { from: 1, to: 2 },
          { from: 4, to: 6 },
        ],
      },
      {
        cohortId: "s19",
        modeId: "normal",
        spans: [
          { from: 0, to: 1 },
          { from: 2, to: 4 },
        ],
      },
    ]);
  });

  it("have every machine exactly once, in the mode that it is to hold, and none more than the batch's size", () => {
    fc.assert(
      fc.property(cohorts, fc.integer({ min: 1, max: 80 }), ([able, k], batchSize) => {
        const split = splitOf(able, k);
        const modes = machineModes(split, able);
        const found = able.map((): string[] => []);
        for (const { modeId, spans } of batchesOf(target(split, able.length), able, batchSize)) {
          const places = spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
          expect(places.length).toBeGreaterThan(0);
          expect(places.length).toBeLessThanOrEqual(batchSize);
          for (const place of places) found[place]?.push(modeId);
        }
        expect(found).toEqual(able.map((_, place) => modes.slice(place, place + 1)));
      }),
      { numRuns: 2_000 },
    );
  });
});
