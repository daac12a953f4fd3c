import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeenFalls } from "../../../activities/seenFalls.ts";
import { cohortChanges } from "../../../src/domain/dispatch/cohortChanges.ts";
import { mostFall } from "../../../src/domain/dispatch/mostFall.ts";
import type { CohortTarget } from "../../../src/domain/dispatch/model.ts";
import type { InvoluntaryTripInput } from "../../../src/domain/inputs/involuntaryTrip.ts";
import { inputProblem } from "../../../src/domain/inputs/inputProblem.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { fallBeyondOrder } from "../../../src/domain/verification/fallBeyondOrder.ts";
import { fallInSilence } from "../../../src/domain/verification/fallInSilence.ts";
import type { LoadFall, MeterLook } from "../../../src/domain/verification/loadFall.ts";
import { tripAfterFall } from "../../../src/domain/verification/tripAfterFall.ts";
import { LayerLog } from "../../../src/replay/layerLog.ts";
import { checkMeterWords } from "../../../src/replay/layers/meterWords.ts";

const START = "2026-08-18T23:00:00.000Z" as Instant;
/** Three cohorts of 300 kW each; a fall of 18 kW is looked into. */
const LEAST_KW = 18;

/** A look every ten seconds, by power and register, at each of some loads, kW; undefined where the meter is silent. */
function looksAt(
  loadsKw: readonly (number | undefined)[],
  changes: Record<number, Partial<MeterLook>> = {},
): MeterLook[] {
  let wh = 184_223_904_551;
  return loadsKw.map((kw, i) => {
    const at = addSeconds(START, i * 10);
    const read = kw === undefined ? {} : { powerKw: kw, registerWh: BigInt(Math.round(wh)) };
    wh += ((kw ?? 900) * 10_000) / 3600;
    return { at, isMoving: false, ...read, ...changes[i] };
  });
}

/** A dispatch begins at the third look: cohort `a`, 300 kW, is to go off. */
const COHORT_OFF = { mayFallKw: 300, cohortIds: ["a"] };
function dispatched(loadsKw: readonly (number | undefined)[], base: Partial<MeterLook> = {}): MeterLook[] {
  const moving = Object.fromEntries(loadsKw.map((_, i) => [i, { isMoving: i > 2 }]));
  return looksAt(loadsKw, { ...moving, 2: { beforeRevision: 7, ordered: COHORT_OFF, ...base } });
}

describe("what a dispatch's commands may take off the load", () => {
  const target = (from: string, fromW: number, to: "off" | "on", expectedW: number): CohortTarget => ({
    cohortId: "a",
    machines: 10,
    isDriven: true,
    before: [{ modeId: from, machines: 10, fromW }],
    shares: [
      {
        cohortId: "a",
        modeId: "to",
        machines: 10,
        expectedW,
        restores: false,
        point: to === "off" ? { kind: "off" } : { kind: "profile", profile: "490MHz" },
      },
    ],
  });
  const fall = (one: CohortTarget, fromW: number) =>
    mostFall(
      cohortChanges([one], [{ cohortId: "a", modeId: "to", spans: [{ from: 0, to: 10 }] }], {
        a: [{ from: 0, to: 10, fromW, canShed: false, canRestore: false }],
      }),
    );

  it("is 29 kW for ten machines of 3 kW that sleep at 100 W; 30 kW where they start anew in a lower mode; else nothing", () => {
    expect(fall(target("normal", 3000, "off", 100), 3000)).toEqual({ mayFallKw: 29, cohortIds: ["a"] });
    expect(fall(target("normal", 3000, "on", 2000), 3000)).toEqual({ mayFallKw: 30, cohortIds: ["a"] });
    expect(fall(target("normal", 3000, "on", 3000), 3000)).toEqual({ mayFallKw: 0, cohortIds: [] });
    expect(fall(target("off", 100, "on", 3000), 100)).toEqual({ mayFallKw: 1, cohortIds: ["a"] });
  });
});

describe("a load that falls beyond what a dispatch ordered", () => {
  it("cohort a, 300 kW of 900 kW, goes off: 600 kW is what was ordered", () => {
    expect(fallBeyondOrder(dispatched([900, 900, 900, 700, 600, 600, 600]), LEAST_KW)).toBeUndefined();
  });

  it("a feeder of 200 kW opens beside it: 400 kW is 170 kW below the least that the order explains, 570 kW", () => {
    expect(fallBeyondOrder(dispatched([900, 900, 900, 700, 400, 400, 400]), LEAST_KW)).toMatchObject({
      fromKw: 570,
      toKw: expect.closeTo(400, 0),
      fellAfter: addSeconds(START, 20),
      fellBy: addSeconds(START, 40),
      when: "dispatch",
    });
  });

  it.each<[string, MeterLook[]]>([
    ["two looks alone show it", dispatched([900, 900, 900, 700, 400, 400])],
    ["the meter did not answer in between", dispatched([900, 900, 900, 700, 400, undefined, 400, 400])],
    ["the dispatch read no meter before its commands", dispatched([900, 900, undefined, 700, 400, 400, 400])],
    ["an earlier dispatch still moved the load", dispatched([900, 900, 900, 700, 400, 400, 400], { isMoving: true })],
    ["it takes an earlier one back", dispatched([900, 900, 900, 700, 400, 400, 400], { ordered: undefined })],
    [
      "all that could move is over",
      dispatched([900, 900, 900, 600, 400, 400, 400]).map((look) => ({ ...look, isMoving: false })),
    ],
  ])("is not told where %s", (_what, looks) => expect(fallBeyondOrder(looks, LEAST_KW)).toBeUndefined());

  it("is told once, and again only where the load falls as far again", () => {
    const falls = new SeenFalls();
    const looks = dispatched([900, 900, 900, 700, 400, 400, 400, 395, 400, 400, 300, 300, 300, 300]);
    const told = looks.flatMap((_, i) => falls.next(looks.slice(0, i + 1), LEAST_KW) ?? []);
    expect(told.map(({ toKw }) => Math.round(toKw))).toEqual([400, 300]);
  });

  it("is not told again by the watch of a new process while its trip stands, and told where it falls as far again", () => {
    const looks = dispatched([900, 900, 900, 700, 400, 400, 400, 400]);
    const next = (changes: object) => {
      const trip = { at: addSeconds(START, 60), fromKw: 570, toKw: 400, cohorts: [], ...changes };
      return new SeenFalls().next(looks, LEAST_KW, [trip]);
    };
    expect(next({})).toBeUndefined();
    expect(next({ toKw: 420 })).toBeDefined();
    // Of the time before the dispatch.
    expect(next({ at: addSeconds(START, 10) })).toBeDefined();
  });

  it("machines that draw up to a tenth more than their modes say, in any order and with noise, are never one", () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(draws, fc.double({ min: 0.8, max: 1.1, noNaN: true }), (shares, factor) => {
        const looks = dispatched([900, 900, 900, ...shares.map((share) => 900 - 300 * factor * share)]);
        for (const [i] of looks.entries()) expect(fallBeyondOrder(looks.slice(0, i + 1), LEAST_KW)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a load that has fallen while the meter was silent", () => {
  const silent = (...kws: (number | undefined)[]): LoadFall | undefined => fallInSilence(looksAt(kws), LEAST_KW);

  it("900 kW before 30 s of silence and 600 kW after it is told at the third look", () => {
    expect(silent(900, 900, undefined, undefined, 600, 600)).toBeUndefined();
    const fall = silent(900, 900, undefined, undefined, 600, 600, 600);
    expect(fall).toMatchObject({ fellAfter: addSeconds(START, 10), fellBy: addSeconds(START, 40), when: "silence" });
    expect([fall?.fromKw, fall?.toKw].map((kw) => Math.round(kw as number))).toEqual([900, 600]);
    expect(silent(900, 900, undefined, undefined, 600, 600, 600, 600)).toBeUndefined();
  });

  it("needs a tenth of the load, and three times the least fall that is looked into", () => {
    expect(silent(900, 900, undefined, 811, 811, 811)).toBeUndefined();
    expect(silent(900, 900, undefined, 809, 809, 809)).toBeDefined();
    expect(silent(200, 200, undefined, 147, 147, 147)).toBeUndefined();
  });

  it.each<[string, MeterLook[]]>([
    ["a silence of more than ten minutes", looksAt([900, 900, ...Array(60).fill(undefined), 600, 600, 600])],
    ["a command in between", looksAt([900, 900, undefined, 600, 600, 600], { 2: { isMoving: true } })],
    ["a dispatch that began in between", looksAt([900, 900, undefined, 600, 600, 600], { 2: { beforeRevision: 8 } })],
    ["a load that still moved before", looksAt([900, 900, undefined, 600, 600, 600], { 0: { isMoving: true } })],
    ["one look before the silence", looksAt([undefined, 900, undefined, 600, 600, 600])],
    ["another silence behind it", looksAt([900, 900, undefined, 600, undefined, 600, 600])],
    ["a register that was reset", looksAt([900, 900, undefined, 600, 600, 600], { 5: { registerWh: 12n } })],
  ])("%s tells none", (_what, looks) => expect(fallInSilence(looks, LEAST_KW)).toBeUndefined());
});

describe("whether such a fall is an involuntary trip", () => {
  const fall: LoadFall = { fellAfter: START, fellBy: START, fromKw: 570, toKw: 400, looks: [], when: "dispatch" };
  const dark = (darkKw: number, isMoved = false) => [
    { cohortId: "b", darkMachines: 60, darkKw, ableMachines: 40, isInHands: false, isMoved },
  ];

  it("takes four fifths of it by machines that answer no more, of cohorts that the dispatch does not move", () => {
    expect(tripAfterFall(fall, dark(140), START)).toEqual({
      kind: "trip",
      sentence:
        "the load fell from 570.0 kW to 400.0 kW beyond what was ordered; machines that drew 140.0 kW answer no more",
    });
    expect(tripAfterFall(fall, dark(130), START).kind).toBe("no-trip");
    expect(tripAfterFall(fall, dark(140, true), START).kind).toBe("no-trip");
  });
});

it("the auditor makes both falls again from the looks that were told with them, and finds forged ones", () => {
  const told = (fall: LoadFall | undefined, mayFallKw?: number): InvoluntaryTripInput => {
    if (fall === undefined) throw new Error("no fall");
    const looks = fall.looks.map(({ at, powerKw, registerWh }) => ({
      at,
      powerKw: powerKw as number,
      registerWh: String(registerWh),
    }));
    const { fellAfter, fellBy, fromKw, toKw, when } = fall;
    const words = {
      fellAfter,
      fellBy,
      fromKw,
      toKw,
      when,
      looks,
      leastFallKw: LEAST_KW,
      cohorts: [],
      sentence: "fell",
    };
    return { kind: "involuntary-trip", id: "trip/1", at: fellBy, mayFallKw, ...words };
  };
  const found = (input: InvoluntaryTripInput): number => {
    const log = new LayerLog("effects", "what the meter showed");
    checkMeterWords({ arrivals: [{ input, where: "run" }] }, log);
    return log.findings.length;
  };
  const beyond = told(fallBeyondOrder(dispatched([900, 900, 900, 700, 400, 400, 400]), LEAST_KW), 300);
  const silence = told(fallInSilence(looksAt([900, 900, undefined, 600, 600, 600]), LEAST_KW));
  expect([beyond, silence].map(inputProblem)).toEqual([undefined, undefined]);
  expect([beyond, silence].map(found)).toEqual([0, 0]);
  expect(found({ ...beyond, mayFallKw: 200 })).toBeGreaterThan(0);
  expect(found({ ...silence, fromKw: 800 })).toBeGreaterThan(0);
});
