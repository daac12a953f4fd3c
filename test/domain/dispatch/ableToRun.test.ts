import { describe, expect, it } from "vitest";
import { ableToRun } from "../../../src/domain/dispatch/ableToRun.ts";

const RUNNING = { state: "running", atTarget: true } as const;
const ASLEEP_AS_ORDERED = { state: "asleep", atTarget: true } as const;
const ASLEEP_AGAINST_ORDER = { state: "asleep", atTarget: false } as const;

describe("the machines that a client's baseline counts when its cohort goes down", () => {
  it("a return called off before any machine was read back leaves the baseline as it was: ten of ten", () => {
    expect(ableToRun(Array(10).fill(ASLEEP_AS_ORDERED), 10)).toBe(10);
  });

  it("half way through a return the machines still to be woken count beside those that draw", () => {
    const half = [RUNNING, RUNNING, { state: "ramping", atTarget: undefined }, ...Array(7).fill(ASLEEP_AS_ORDERED)];
    expect(ableToRun(half, 10)).toBe(10);
  });

  it("a machine that was read back and did not come back was not able to run", () => {
    expect(ableToRun([...Array(8).fill(RUNNING), ASLEEP_AGAINST_ORDER, { state: "unknown" }], 10)).toBe(8);
  });

  it("a machine that slept before the cohort ever went down is not curtailed by a return called off", () => {
    expect(ableToRun(Array(10).fill(ASLEEP_AS_ORDERED), 9)).toBe(9);
    expect(ableToRun(Array(10).fill(ASLEEP_AS_ORDERED), undefined)).toBe(0);
    expect(ableToRun(Array(10).fill({ state: "asleep", atTarget: undefined }), 9)).toBe(0);
  });

  it("machines that joined since count as soon as they draw", () => {
    expect(ableToRun(Array(12).fill(RUNNING), 10)).toBe(12);
  });
});
