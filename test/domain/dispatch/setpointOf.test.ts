import { describe, expect, it } from "vitest";
import type { ShareTarget } from "../../../src/domain/dispatch/model.ts";
import { setpointOf } from "../../../src/domain/dispatch/setpointOf.ts";
import type { RunningSetpoint } from "../../../src/domain/units/setpoint.ts";

const target = (more: Pick<ShareTarget, "point"> & Partial<ShareTarget>): ShareTarget => ({
  cohortId: "s19",
  modeId: "m",
  machines: 1,
  expectedW: 26,
  restores: false,
  ...more,
});
const OWN = { kind: "profile", profile: "650MHz" } as const;

describe("the setpoint of one machine", () => {
  it.each<RunningSetpoint>([
    { kind: "profile", profile: "330MHz" },
    { kind: "watts", watts: 2_100 },
    { kind: "percent", percent: 60 },
  ])("a cohort's step of $kind is the step of each machine, whatever it held", (point) => {
    expect(setpointOf(target({ point }), OWN)).toEqual(point);
  });

  it.each<RunningSetpoint>([OWN, { kind: "watts", watts: 3_300 }, { kind: "percent", percent: 95 }])(
    "back to normal, a machine gets what it held before in the form it had: $kind",
    (before) => {
      expect(setpointOf(target({ point: { kind: "profile", profile: "default" }, restores: true }), before)).toEqual(
        before,
      );
    },
  );

  it("back to normal, a machine whose set-point was never changed keeps its own", () => {
    const normal = target({ point: { kind: "profile", profile: "default" }, restores: true });
    expect(setpointOf(normal, undefined)).toEqual({ kind: "on" });
  });

  it("off is off, whatever a machine held", () => {
    expect(setpointOf(target({ point: { kind: "off" }, restores: true }), OWN)).toEqual({ kind: "off" });
  });
});
