import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastFallKw } from "../../../src/domain/verification/leastFall.ts";
import { loadHasRisen } from "../../../src/domain/verification/loadRise.ts";
import { loadFall, type MeterLook } from "../../../src/domain/verification/loadFall.ts";
import { type CohortSeen, tripAfterFall } from "../../../src/domain/verification/tripAfterFall.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { cohort, site } from "../decision/site.ts";

const START = parseInstant("2024-08-20T23:00:00.000Z");
/** 300 machines of 3 kW in three cohorts: 900 kW. A fall of 18 kW, 2 % of it, is looked into. */
const PLAN = site({ cohorts: ["a", "b", "c"].map((cohortId) => cohort({ cohortId })) });
const LEAST_KW = leastFallKw(PLAN);

/** What a meter shows of a load, kW, that holds from one look to the next: power with noise, and an exact register. */
function looksAt(loadsKw: readonly number[], change: Partial<Record<number, Partial<MeterLook>>> = {}, seconds = 10) {
  let wh = 184_223_904_551;
  return loadsKw.map((kw, i): MeterLook => {
    const powerKw = kw * (1 + (i % 2 === 0 ? 0.002 : -0.002));
    const look = { at: addSeconds(START, i * seconds), powerKw, registerWh: BigInt(Math.round(wh)), isMoving: false };
    wh += (kw * 1000 * seconds) / 3600;
    return { ...look, ...change[i] };
  });
}

/** Every fall that a watch sees while the looks come in. */
function falls(looks: readonly MeterLook[]) {
  return looks.flatMap((_, i) => loadFall(looks.slice(0, i + 1), LEAST_KW) ?? []);
}

describe("a load that falls in one step without a command", () => {
  it("900 kW to 600 kW between two looks is seen once, two looks later", () => {
    const looks = looksAt([900, 900, 900, 600, 600, 600, 600]);
    expect(loadFall(looks.slice(0, 5), LEAST_KW)).toBeUndefined();
    const [fall, ...others] = falls(looks);
    expect(others).toEqual([]);
    expect(fall).toMatchObject({ fellAfter: "2024-08-20T23:00:20.000Z", fellBy: "2024-08-20T23:00:30.000Z" });
    expect([fall?.fromKw, fall?.toKw].map((kw) => Math.round(kw as number))).toEqual([898, 601]);
  });

  it("two feeders that open ten seconds apart are two falls", () => {
    const found = falls(looksAt([900, 900, 600, 300, 300, 300, 300]));
    expect(found.map(({ toKw }) => Math.round(toKw))).toEqual([601, 301]);
  });

  it("is looked into from three machines, or 2 % of the site, on", () => {
    expect(LEAST_KW).toBe(18);
    expect(leastFallKw(site({ cohorts: [cohort({ machines: 20 })] }))).toBe(9);
    expect(falls(looksAt([900, 900, 870, 870, 870]))).toHaveLength(1);
    expect(falls(looksAt([900, 900, 885, 885, 885]))).toEqual([]);
  });

  it.each([
    ["one reading that jumps down", looksAt([900, 900, 900, 900, 900, 900], { 3: { powerKw: 300 } })],
    ["a power that stays low while the register counts on", looksAt(Array(9).fill(900), low(3, 300))],
    ["a power that was too high before, against the register", looksAt(Array(9).fill(300), low(0, 900, 3))],
    ["a meter that is not read for a look", looksAt([900, 900, 600, 600, 600], { 3: { powerKw: undefined } })],
    ["a register that is reset with the fall", looksAt([900, 900, 600, 600, 600], { 4: { registerWh: 12n } })],
    ["a dispatch under way", looksAt([900, 900, 600, 600, 600], { 2: { isMoving: true } })],
    ["a dispatch that closed just before", looksAt([900, 900, 600, 600, 600], { 0: { isMoving: true } })],
    ["looks that are minutes apart", looksAt([900, 900, 600, 600, 600], {}, 200)],
  ])("%s is none", (_what, looks) => expect(falls(looks)).toEqual([]));
});

/** Looks from one on that show another power than the register counts. */
function low(from: number, powerKw: number, to = 9): Record<number, Partial<MeterLook>> {
  return Object.fromEntries(Array.from({ length: to - from }, (_, i) => [from + i, { powerKw }]));
}

describe("over thousands of made-up paths of a meter", () => {
  const RUNS = 2000;

  it("machines that die one by one, two at most between two looks, are never a fall", () => {
    const deaths = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 80 });
    fc.assert(
      fc.property(deaths, (each) => {
        let kw = 900;
        expect(falls(looksAt(each.map((machines) => (kw -= machines * 3))))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("a meter that jumps, freezes, fails or restarts its register over a steady load is never a fall", () => {
    const fault = fc.oneof(
      fc.constant({}),
      fc.record({ powerKw: fc.double({ min: 0, max: 1100, noNaN: true }) }),
      fc.constant({ powerKw: undefined, registerWh: undefined }),
      fc.record({ registerWh: fc.bigInt({ min: 0n, max: 200_000_000_000n }) }),
    );
    fc.assert(
      fc.property(fc.array(fault, { minLength: 8, maxLength: 60 }), (faults) => {
        // Every third look: more in a row is a meter that says all the time what is not.
        const bad = Object.fromEntries([...faults.entries()].filter(([i]) => i % 3 === 0));
        expect(falls(looksAt(Array(faults.length).fill(900), bad))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("a fall while a command may move the load is never taken for one without", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(steps, (kws) => {
        const moving = Object.fromEntries(kws.map((_, i) => [i, { isMoving: i % 5 === 2 }]));
        expect(falls(looksAt(kws, moving))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("a feeder that opens under a load that is otherwise steady is always seen, and once", () => {
    const site = fc.record({
      before: fc.integer({ min: 300, max: 900 }),
      share: fc.double({ min: 0.1, max: 1, noNaN: true }),
      at: fc.integer({ min: 2, max: 20 }),
    });
    fc.assert(
      fc.property(site, ({ before, share, at: step }) => {
        const kws = Array.from({ length: step + 8 }, (_, i) => (i < step ? before : before * (1 - share)));
        expect(falls(looksAt(kws))).toHaveLength(1);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("a fall is an involuntary trip", () => {
  const fall = loadFall(looksAt([900, 900, 600, 600, 600]), LEAST_KW);
  if (fall === undefined) throw new Error("no fall");
  const dark = (change: Partial<CohortSeen> = {}): CohortSeen => ({
    cohortId: "a",
    darkMachines: 100,
    darkKw: 300,
    ableMachines: 0,
    isInHands: false,
    isMoved: false,
    ...change,
  });
  const surveyedAt = addSeconds(fall.fellBy, -240);

  it("where machines that drew answer no more", () => {
    expect(tripAfterFall(fall, [dark()], surveyedAt)).toEqual({
      kind: "trip",
      sentence: "the load fell from 898.2 kW to 601.2 kW without a command; machines that drew 300.0 kW answer no more",
    });
  });

  it.each([
    ["machines that answer and do not work: their pool is gone", [dark({ darkMachines: 4, darkKw: 12 })], surveyedAt],
    ["a cohort at which people work", [dark({ isInHands: true })], surveyedAt],
    ["a survey that is older than two rounds", [dark()], addSeconds(fall.fellBy, -661)],
    ["no survey since the watch began", [dark()], undefined],
  ])("and none for %s", (_what, cohorts, at) => expect(tripAfterFall(fall, cohorts, at).kind).toBe("no-trip"));
});

describe("load that comes back after a trip", () => {
  /** One look every 10 s from 18:00:00, kW. */
  const seen = (...kws: (number | undefined)[]): MeterLook[] =>
    kws.map((powerKw, i) => ({
      at: addSeconds("2026-08-18T23:00:00.000Z" as Instant, i * 10),
      isMoving: false,
      ...(powerKw === undefined ? {} : { powerKw }),
    }));
  const since = (look: number): Instant => addSeconds("2026-08-18T23:00:00.000Z" as Instant, look * 10);

  it("is seen once it stands three machines above its least, 12 kW, however slowly it came", () => {
    expect(loadHasRisen(seen(600, 300, 304, 308, 311.9), since(1), 12)).toBe(false);
    expect(loadHasRisen(seen(600, 300, 304, 308, 312), since(1), 12)).toBe(true);
    expect(loadHasRisen(seen(600, 300, undefined, 312), since(1), 12)).toBe(true);
  });

  it("is not what stood before, and is not told by a look that did not read the meter", () => {
    expect(loadHasRisen(seen(280, 300, 301, 302), since(1), 12)).toBe(false);
    expect(loadHasRisen(seen(600, 300, 400, undefined), since(1), 12)).toBe(false);
    expect(loadHasRisen([], since(0), 12)).toBe(false);
  });
});
