import { describe, expect, it } from "vitest";
import { covers, overlap } from "../../../src/domain/units/effectiveDates.ts";

const august = { effectiveFrom: "2026-08-01", effectiveTo: "2026-09-01" };

describe("effective dates", () => {
  it("the first day is in, the end is the first day out, and an open end has none", () => {
    expect(["2026-07-31", "2026-08-01", "2026-08-31", "2026-09-01"].map((day) => covers(august, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(covers({ effectiveFrom: "2026-08-01" }, "2099-12-31")).toBe(true);
  });

  it("a contract that ends when the next begins does not overlap it; one day in common does", () => {
    expect(overlap(august, { effectiveFrom: "2026-09-01" })).toBe(false);
    expect(overlap({ effectiveFrom: "2026-09-01" }, august)).toBe(false);
    expect(overlap(august, { effectiveFrom: "2026-08-31" })).toBe(true);
    expect(overlap({ effectiveFrom: "2026-01-01", effectiveTo: "2026-08-01" }, august)).toBe(false);
    expect(overlap({ effectiveFrom: "2026-01-01", effectiveTo: "2026-08-02" }, august)).toBe(true);
  });
});
