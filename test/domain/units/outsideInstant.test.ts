import { describe, expect, it } from "vitest";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import { instantOfEpoch, outsideInstantProblem } from "../../../src/domain/units/outsideInstant.ts";

const marketAt = parseInstant("2026-08-18T22:04:30Z");

describe("the clock of an outside source", () => {
  it.each([
    ["seconds", 1_787_090_655],
    ["milliseconds", 1_787_090_655_000],
  ])("17:04:15 Central is read from %s", (_unit, epoch) => {
    expect(instantOfEpoch(epoch)).toBe("2026-08-18T22:04:15.000Z");
  });

  it.each([0, -1_787_090_655, NaN, Infinity, 1_787_090, 178_709_065_500, 1e15])("%d is no moment", (epoch) => {
    expect(() => instantOfEpoch(epoch)).toThrow("epoch: expected seconds such as 1787090655");
  });

  it("is believed up to two minutes ahead and up to the age asked for", () => {
    expect(outsideInstantProblem(addSeconds(marketAt, 120), marketAt, 600)).toBeUndefined();
    expect(outsideInstantProblem(addSeconds(marketAt, -600), marketAt, 600)).toBeUndefined();
  });

  it("is not believed an hour ahead, nor beyond the age, and the sentence says by how much", () => {
    expect(outsideInstantProblem(addSeconds(marketAt, 3600), marketAt, 600)).toContain(
      "2026-08-18T23:04:30.000Z is more than 120 s ahead of market time",
    );
    expect(outsideInstantProblem(addSeconds(marketAt, -601), marketAt, 600)).toContain("is more than 600 s old");
  });
});
