import { describe, expect, it } from "vitest";
import type { CohortTarget } from "../../../src/domain/dispatch/model.ts";
import { setpointOf } from "../../../src/domain/dispatch/setpointOf.ts";

const target = (more: Pick<CohortTarget, "point" | "restores">): CohortTarget => ({
  cohortId: "s19",
  modeId: "m",
  machines: 1,
  fromW: 3_380,
  expectedW: 26,
  ...more,
});

describe("the setpoint of one machine", () => {
  it.each([
    ["a cohort's step is the step of each machine", target({ point: { kind: "on", profile: "330MHz" } }), "330MHz"],
    [
      "back to normal, a machine gets the profile that it held before",
      target({ point: { kind: "on", profile: "default" }, restores: true }),
      "650MHz",
    ],
  ])("%s", (_, cohort, profile) => {
    expect(setpointOf(cohort, "650MHz")).toEqual({ kind: "on", profile });
  });

  it("back to normal, a machine whose profile was never changed keeps its own", () => {
    const normal = target({ point: { kind: "on", profile: "default" }, restores: true });
    expect(setpointOf(normal, undefined)).toEqual({ kind: "on", profile: undefined });
  });

  it("off is off, whatever profile a machine held", () => {
    expect(setpointOf(target({ point: { kind: "off" }, restores: true }), "650MHz")).toEqual({ kind: "off" });
  });
});
