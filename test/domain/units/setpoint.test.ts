import { describe, expect, it } from "vitest";
import { isSameSetpoint, type Setpoint, setpointProblem, setpointText } from "../../../src/domain/units/setpoint.ts";

const OFF: Setpoint = { kind: "off" };
const profile = (name: string): Setpoint => ({ kind: "profile", profile: name });
const watts = (value: number): Setpoint => ({ kind: "watts", watts: value });
const percent = (value: number): Setpoint => ({ kind: "percent", percent: value });

describe("a set-point", () => {
  it.each([
    [OFF, "off"],
    [profile("490MHz"), "profile 490MHz"],
    [watts(2_100), "2100 W"],
    [percent(60), "60 % of normal power"],
  ])("reads for a person as it is: %j", (setpoint, text) => {
    expect(setpointText(setpoint)).toBe(text);
  });

  it("is the same only in the same form: 60 % is no watts, and a profile called off is not off", () => {
    const all = [OFF, profile("off"), profile("490MHz"), watts(60), watts(61), percent(60), percent(61)];
    const same = all.map((one) => all.map((other) => isSameSetpoint(one, { ...other })));
    expect(same).toEqual(all.map((_, i) => all.map((__, j) => i === j)));
  });

  it.each([OFF, profile("default"), watts(1), watts(1_000_000), percent(0.5), percent(200)])(
    "%j may be sent",
    (one) => {
      expect(setpointProblem(one)).toBeUndefined();
    },
  );

  it.each([
    [profile(" "), "a name of 1 to 100 characters"],
    [profile("x".repeat(101)), "a name of 1 to 100 characters"],
    [watts(0), "above 0 and at most 1000000; for none say off"],
    [watts(-5), "above 0"],
    [watts(Number.NaN), "above 0"],
    [watts(1_000_001), "at most 1000000"],
    [percent(0), "for none say off"],
    [percent(201), "at most 200"],
    [percent(Number.POSITIVE_INFINITY), "at most 200"],
  ])("%j is refused with what was expected", (one, says) => {
    expect(setpointProblem(one)).toContain(says);
  });
});
