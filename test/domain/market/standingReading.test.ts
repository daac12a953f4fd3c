import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standingReading } from "../../../src/domain/market/standingReading.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const AT = parseInstant("2026-08-21T17:00:00-05:00");
const LIMITS = { maxDifferenceShare: 0.01, maxMoveShare: 0.05, moveStandsAfterSeconds: 1_800 };
const of = (source: string, value: number) => ({ source, value });
const stands = (
  fresh: [string, number][],
  before?: number | { value: number; movedSince: typeof AT; movedTo?: number },
  at = AT,
) =>
  standingReading(
    fresh.map(([source, value]) => of(source, value)),
    before === undefined ? undefined : { source: "a", ...(typeof before === "number" ? { value: before } : before) },
    LIMITS,
    at,
  );

describe("which price of a bitcoin stands", () => {
  it.each([
    [
      "the lower of two that agree",
      [
        ["a", 78_000],
        ["b", 77_500],
      ],
      78_100,
      { source: "b", value: 77_500 },
    ],
    [
      "of two that differ, the lower that is near what stood",
      [
        ["a", 78_000],
        ["b", 75_000],
      ],
      78_100,
      { source: "b", value: 75_000, isDisputed: true },
    ],
    [
      "the one near what stood, when the other has run away downwards",
      [
        ["a", 78_000],
        ["b", 7_800],
      ],
      78_100,
      { source: "a", value: 78_000, isDisputed: true },
    ],
    [
      "a fall of a tenth that two confirm, at once",
      [
        ["a", 70_300],
        ["b", 70_500],
      ],
      78_100,
      { source: "a", value: 70_300 },
    ],
    [
      "a rise of a tenth that two confirm, at once",
      [
        ["a", 86_300],
        ["b", 86_000],
      ],
      78_100,
      { source: "b", value: 86_000 },
    ],
    [
      "what stood, when one alone says a tenth less",
      [["b", 70_300]],
      78_100,
      { source: "a", value: 78_100, movedSince: AT, movedTo: 70_300 },
    ],
    [
      "what stood, when both have run away apart",
      [
        ["a", 60_000],
        ["b", 90_000],
      ],
      78_100,
      { source: "a", value: 78_100, isDisputed: true, movedSince: AT, movedTo: 60_000 },
    ],
    [
      "the lowest, when nothing stood before",
      [
        ["a", 78_000],
        ["b", 60_000],
      ],
      undefined,
      { source: "b", value: 60_000, isDisputed: true },
    ],
  ] as const)("%s", (_title, fresh, before, expected) => {
    expect(
      stands(
        fresh.map(([source, value]) => [source, value]),
        before,
      ),
    ).toEqual(expected);
  });

  it("a move of one source once it has lasted half an hour, and not a second before", () => {
    const movedSince = addSeconds(AT, -1_800);
    const before = { value: 78_100, movedSince };
    expect(stands([["b", 70_300]], before, addSeconds(AT, -1))).toEqual({
      source: "a",
      value: 78_100,
      movedSince,
      movedTo: 70_300,
    });
    expect(stands([["b", 70_300]], before)).toEqual({ source: "b", value: 70_300 });
  });

  it("a source that says something else each time never: each jump begins its half hour anew", () => {
    let before: Parameters<typeof stands>[1] = 78_100;
    for (let poll = 1; poll <= 12; poll += 1) {
      const found = stands([["b", [26_000, 312_400, 8_700][poll % 3] as number]], before, addSeconds(AT, poll * 300));
      expect(found?.value).toBe(78_100);
      before = found as { value: number; movedSince: typeof AT; movedTo?: number };
    }
    expect(stands([["b", 8_700]], before, addSeconds(AT, 12 * 300 + 1_800))?.value).toBe(78_100);
  });

  it("a source that comes back within reach ends the wait", () => {
    expect(stands([["b", 77_000]], { value: 78_100, movedSince: addSeconds(AT, -600) })).toEqual(of("b", 77_000));
  });

  it("none when none is fresh, whatever stood", () => {
    expect(stands([], 78_100)).toBeUndefined();
  });

  it("never a value that nobody says or said, whatever the order of the sources", () => {
    const values = fc.array(fc.integer({ min: 1_000, max: 200_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, fc.option(fc.integer({ min: 1_000, max: 200_000 }), { nil: undefined }), (said, before) => {
        const fresh = said.map((value, i): [string, number] => [`s${i}`, value]);
        const found = stands(fresh, before);
        expect([...said, before]).toContain(found?.value);
        expect(stands(fresh.toReversed(), before)?.value).toBe(found?.value);
      }),
    );
  });
});
