import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../../src/domain/dispatch/batches.ts";
import { type BaseSpan, dispatchBase, isAble, type LastRead } from "../../../src/domain/dispatch/dispatchBase.ts";
import { cohortChanges } from "../../../src/domain/dispatch/cohortChanges.ts";
import { expectedChange } from "../../../src/domain/dispatch/expectedChange.ts";
import { undrawnPower } from "../../../src/domain/dispatch/undrawnPower.ts";
import type { CohortTarget } from "../../../src/domain/dispatch/model.ts";

const WATTS: Readonly<Record<string, number>> = { off: 25, "415MHz": 1_800, normal: 3_000 };
type Shares = readonly (readonly [modeId: string, machines: number])[];

function target(cohortId: string, shares: Shares, before: Shares = [["normal", 100]], machines = 100): CohortTarget {
  const more = { cohortId, point: { kind: "off" } as const, restores: false };
  return {
    cohortId,
    machines,
    shares: shares.map(([modeId, of]) => ({ modeId, machines: of, expectedW: WATTS[modeId] as number, ...more })),
    before: before.map(([modeId, of]) => ({ modeId, machines: of, fromW: WATTS[modeId] as number })),
    isDriven: true,
  };
}

const all = (machines = 100) => Array<boolean>(machines).fill(true);
/** The first `machines` of 100 could follow. */
const base = (fromW: number, machines: number, canShed = true, canRestore = true): BaseSpan[] => [
  { from: 0, to: machines, fromW, canShed, canRestore },
  { from: machines, to: 100, fromW, canShed: false, canRestore: false },
];
/** 100 machines a cohort, all running at 3,000 W; two of a and five of b are dead. */
const running = { a: base(3_000, 98), b: base(3_000, 95) };
const change = (targets: readonly CohortTarget[], of: Readonly<Record<string, readonly BaseSpan[]>>) =>
  expectedChange(
    targets,
    targets.flatMap((one) => batchesOf(one, all(one.machines), 30)),
    of,
  );

describe("change expected on the meter", () => {
  it("is that of the machines able to follow: 98 of 100 shed 2,975 W each", () => {
    expect(change([target("a", [["off", 100]])], running)).toBeCloseTo(-291.55, 9);
  });

  it("counts a restore by the machines that can bring load back", () => {
    expect(change([target("a", [["normal", 100]])], { a: base(25, 97, false) })).toBeCloseTo(288.575, 9);
  });

  it("of a split is that of its machines: 40 of 100 go off, and the first 60 stay as they are", () => {
    // Of the last 40 two are dead: 38 × 2,975 W.
    expect(
      change(
        [
          target("a", [
            ["off", 40],
            ["normal", 60],
          ]),
        ],
        running,
      ),
    ).toBeCloseTo(-113.05, 9);
  });

  it("of a split that moves on is that of the machines that change their mode alone", () => {
    const before = dispatchBase(
      target(
        "a",
        [],
        [
          ["415MHz", 30],
          ["normal", 70],
        ],
      ),
      Array<LastRead>(100).fill({ state: "running", atTarget: true }),
    );
    // From 70 at normal to 50: 20 × 1,200 W.
    expect(
      change(
        [
          target("a", [
            ["415MHz", 50],
            ["normal", 50],
          ]),
        ],
        { a: before },
      ),
    ).toBeCloseTo(-24, 9);
  });

  it("against the base of a revision that was taken back, counts what that one had moved already", () => {
    // a went to sleep under the revision before; this one leaves it there and takes b down too
    expect(change([target("a", [["off", 100]]), target("b", [["off", 100]])], running)).toBeCloseTo(
      -291.55 - 282.625,
      9,
    );
    // this one brings a back
    expect(change([target("a", [["normal", 100]]), target("b", [["normal", 100]])], running)).toBe(0);
  });

  it("is told of each cohort with the most that it may fall and rise: 98 of 100 are known to follow, any may", () => {
    const targets = [target("a", [["off", 100]]), target("b", [["normal", 100]], [["415MHz", 100]])];
    const batches = targets.flatMap((one) => batchesOf(one, all(), 30));
    const changes = cohortChanges(targets, batches, { a: base(3_000, 98), b: base(1_800, 100) });
    expect(changes).toEqual([
      { cohortId: "a", deltaKw: -291.55, fallKw: 297.5, riseKw: 0 },
      { cohortId: "b", deltaKw: 120, fallKw: 0, riseKw: 120 },
    ]);
    expect(changes.reduce((kw, { deltaKw = NaN }) => kw + deltaKw, 0)).toBeCloseTo(
      expectedChange(targets, batches, { a: base(3_000, 98), b: base(1_800, 100) }),
      9,
    );
    expect(
      cohortChanges([target("a", [["normal", 100]])], batchesOf(targets[1] as CohortTarget, all(), 30), running),
    ).toEqual([{ cohortId: "b", deltaKw: 0, fallKw: 0, riseKw: 0 }]);
  });

  it("that takes another back is told from where that one began: 100 off and back up are nothing, by way of 297.5 kW", () => {
    const up = target("a", [["normal", 100]], [["off", 100]]);
    const of = (
      one: CohortTarget,
      told: BaseSpan[],
      before: Readonly<Record<string, BaseSpan[]>> = { a: base(3_000, 100) },
    ) => cohortChanges([one], batchesOf(one, all(), 30), before, { a: told })[0];
    // Back from sleep a machine starts anew, from nothing.
    expect(of(up, base(25, 100))).toEqual({ cohortId: "a", deltaKw: 0, fallKw: 300, riseKw: 0 });
    const off = target("a", [["off", 100]], [["off", 100]]);
    expect(of(off, base(25, 100))).toMatchObject({ deltaKw: -297.5, fallKw: 297.5, riseKw: 0 });
    expect(of(off, base(3_000, 100), { a: base(25, 100, false) })).toMatchObject({ deltaKw: 0, riseKw: 297.5 });
    // Nothing was known to be able to follow then: it counts from where the order finds it.
    expect(of(off, base(3_000, 100), { a: [] })).toMatchObject({ deltaKw: -297.5, fallKw: 297.5 });
  });

  it("counts machines that start in full, and says apart what they lack: 20 of 100 drew 1,000 of 3,000 W", () => {
    const read = Array.from({ length: 100 }, (): LastRead => ({ state: "running" }));
    const drew = Array.from({ length: 100 }, (_, i) => (i < 20 ? 1_000 : 2_800));
    const before = { a: dispatchBase(target("a", []), read, drew) };
    expect(before.a).toEqual([{ from: 0, to: 100, fromW: 3_000, canShed: true, canRestore: true, undrawnW: 40_000 }]);
    const off = target("a", [["off", 100]]);
    const half = target("a", [
      ["off", 50],
      ["normal", 50],
    ]);
    const lacked = (one: CohortTarget, of: Readonly<Record<string, readonly BaseSpan[]>> = before) =>
      undrawnPower([one], batchesOf(one, all(), 30), of);
    expect(change([off], before)).toBeCloseTo(-297.5, 9);
    // Those that stay at normal rise beside those that go off: both count, once.
    expect([off, half, target("a", [["normal", 100]])].map((one) => lacked(one))).toEqual([40, 40, 40]);
    expect(lacked(off, running)).toBeUndefined();
    expect(undrawnPower([off], [{ cohortId: "a", modeId: "off", spans: [{ from: 0, to: 5 }] }], before)).toBe(15);
    expect(undrawnPower([off], batchesOf(target("b", [["off", 100]]), all(), 30), before)).toBeUndefined();
  });

  it("of machines that were dark when surveyed lacks all that they draw; sleepers and machines at 90 % lack nothing", () => {
    const [runs, sleeps]: LastRead[] = [{ state: "running" }, { state: "asleep" }];
    const lacks = (machine: LastRead, drawnW?: number) =>
      dispatchBase(target("a", [], [["normal", 1]], 1), [machine], drawnW === undefined ? undefined : [drawnW])[0]
        ?.undrawnW;
    expect([lacks(runs, 0), lacks(runs, 2_699), lacks(runs, 2_700), lacks(runs), lacks(sleeps, 0)]).toEqual([
      3_000,
      301,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is nothing for a cohort that is not driven, or that the base does not know", () => {
    const targets = [target("a", [["off", 100]]), target("new", [["off", 100]])];
    expect(expectedChange(targets, batchesOf(targets[1] as CohortTarget, all(), 100), running)).toBe(0);
  });

  it("of whole cohorts is machines × watts, whoever cannot follow left out", () => {
    const read = fc.constantFrom<LastRead>(
      undefined,
      { state: "running", atTarget: true },
      { state: "running", atTarget: false },
      { state: "asleep", atTarget: true },
      { state: "ramping", atTarget: false },
      { state: "unknown", atTarget: false },
    );
    fc.assert(
      fc.property(fc.array(read, { minLength: 1, maxLength: 60 }), fc.boolean(), (machines, sheds) => {
        const [from, to] = sheds ? ["normal", "off"] : ["off", "normal"];
        const one = target("a", [[to, machines.length]], [[from, machines.length]], machines.length);
        const follows = machines.filter((machine) =>
          sheds
            ? machine?.state === "running"
            : machine !== undefined &&
              machine.state !== "unknown" &&
              !(machine.state === "running" && machine.atTarget === false),
        ).length;
        const batches = batchesOf(one, machines.map(isAble), 7);
        expect(expectedChange([one], batches, { a: dispatchBase(one, machines) })).toBeCloseTo(
          (follows * (sheds ? -2_975 : 2_975)) / 1000,
          9,
        );
      }),
    );
  });
});

describe("how a cohort was before", () => {
  it("is told in as few spans as its machines differ: 10,000 alike are one", () => {
    const alike = Array<LastRead>(10_000).fill({ state: "running", atTarget: true });
    expect(dispatchBase(target("a", [], [["normal", 10_000]], 10_000), alike)).toEqual([
      { from: 0, to: 10_000, fromW: 3_000, canShed: true, canRestore: true },
    ]);
  });

  it.each<[string, LastRead, boolean]>([
    ["running", { state: "running", atTarget: true }, true],
    ["running against its order", { state: "running", atTarget: false }, true],
    ["asleep as ordered", { state: "asleep", atTarget: true }, true],
    ["asleep, never told anything", { state: "asleep" }, true],
    ["asleep though it was called", { state: "asleep", atTarget: false }, false],
    ["woken into nothing", { state: "ramping", atTarget: false }, false],
    ["silent", { state: "unknown", atTarget: false }, false],
    ["never read", undefined, false],
  ])("a machine that is %s is able to run or not", (_, machine, able) => {
    expect(isAble(machine)).toBe(able);
  });
});
