import { describe, expect, it } from "vitest";
import { expectedChange } from "../../../src/domain/dispatch/expectedChange.ts";
import type { CohortTarget, DispatchBatch } from "../../../src/domain/dispatch/model.ts";

const target = (cohortId: string, expectedW: number): CohortTarget => ({
  cohortId,
  modeId: "",
  point: { kind: "off" },
  machines: 100,
  expectedW,
  fromW: 0,
});
const batch = (cohortId: string): DispatchBatch => ({ cohortId, from: 0, to: 100 });
/** 100 machines a cohort, all running at 3,000 W; two of a and five of b are dead. */
const running = {
  a: { fromW: 3_000, ableToShed: 98, ableToRestore: 98 },
  b: { fromW: 3_000, ableToShed: 95, ableToRestore: 95 },
};

describe("change expected on the meter", () => {
  it("is that of the machines able to follow: 98 of 100 shed 2,975 W each", () => {
    expect(
      expectedChange({ targets: [target("a", 25), target("b", 3_000)], batches: [batch("a")] }, running),
    ).toBeCloseTo(-291.55, 9);
  });

  it("counts a restore by the machines that can bring load back", () => {
    const asleep = { a: { fromW: 25, ableToShed: 0, ableToRestore: 97 } };
    expect(expectedChange({ targets: [target("a", 3_000)], batches: [batch("a")] }, asleep)).toBeCloseTo(288.575, 9);
  });

  it("against the base of a revision that was taken back, counts what that one had moved already", () => {
    // a went to sleep under the revision before; this one leaves it there and takes b down too
    expect(
      expectedChange({ targets: [target("a", 25), target("b", 25)], batches: [batch("a"), batch("b")] }, running),
    ).toBeCloseTo(-291.55 - 282.625, 9);
    // this one brings a back
    expect(
      expectedChange({ targets: [target("a", 3_000), target("b", 3_000)], batches: [batch("a"), batch("b")] }, running),
    ).toBe(0);
  });

  it("is nothing for a cohort that is not driven, or that the base does not know", () => {
    expect(expectedChange({ targets: [target("a", 25), target("new", 25)], batches: [batch("new")] }, running)).toBe(0);
  });
});
