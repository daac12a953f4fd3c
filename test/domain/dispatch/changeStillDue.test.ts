import { describe, expect, it } from "vitest";
import { changeStillDue } from "../../../src/domain/dispatch/changeStillDue.ts";
import type { WaveSummary } from "../../../src/domain/dispatch/model.ts";

const wave = (unmovedKw?: number): WaveSummary => ({ cohortId: "a", machines: 20, outcomes: {}, atTarget: 0, stragglers: 0, superseded: false, unmovedKw });

describe("change that a dispatch can still bring", () => {
  it("is all of it when every machine had to be told: 45 machines of 3 kW shed 135 kW", () => {
    expect(changeStillDue(-135, [wave(0), wave(0), wave()])).toBe(-135);
  });

  it("is 90 kW when a shed was countermanded after 30 of 45 machines: 15 were running still", () => {
    expect(changeStillDue(135, [wave(15), wave(30)])).toBe(90);
  });

  it("is exactly nothing when nobody had been told yet, also where the shares of 0.1 kW do not add up to a whole in binary", () => {
    expect(changeStillDue(0.3, [wave(0.1), wave(0.1), wave(0.1)])).toBe(0);
    expect(0.3 - 0.1 - 0.1 - 0.1).not.toBe(0);
  });

  it("may be more than expected: one cohort was there already, the other goes the opposite way", () => {
    expect(changeStillDue(20, [wave(50), wave(0)])).toBe(-30);
  });
});
