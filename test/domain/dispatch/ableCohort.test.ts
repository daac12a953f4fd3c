import { describe, expect, it } from "vitest";
import { ableCohort, type SurveyedMachine } from "../../../src/domain/dispatch/ableCohort.ts";
import type { LastRead } from "../../../src/domain/dispatch/dispatchBase.ts";
import type { MachineReading } from "../../../src/domain/dispatch/model.ts";
import { nextSurveyAt } from "../../../src/domain/dispatch/nextSurveyAt.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const AT = parseInstant("2026-08-18T22:00:30Z");
const HALL = { cohortId: "hall-1", lockedOut: false };

function machine(
  state: MachineReading["state"],
  more: Partial<MachineReading> = {},
  before: LastRead = { state: "running", atTarget: true },
): SurveyedMachine {
  return { reading: { machineId: "m", readAt: AT, state, ...more }, before };
}

describe("who of a cohort is able to run", () => {
  it.each<[string, SurveyedMachine, 0 | 1]>([
    ["runs", machine("running", { powerW: 3_000 }), 1],
    ["runs, and was never read before", machine("running", { powerW: 3_000 }, undefined), 1],
    [
      "runs against its order to sleep",
      machine("running", { powerW: 3_000 }, { state: "running", atTarget: false }),
      1,
    ],
    ["ramps up", machine("ramping", { powerW: 900, hashrateThs: 4 }), 1],
    ["sleeps as it was told", machine("asleep", { powerW: 25 }, { state: "asleep", atTarget: true }), 1],
    ["sleeps, and nobody ever called it", machine("asleep", { powerW: 25 }, undefined), 1],
    ["obeyed its order to sleep late", machine("asleep", { powerW: 25 }, { state: "running", atTarget: false }), 1],
    [
      "woke late, and hashes now",
      machine("ramping", { powerW: 25, hashrateThs: 9 }, { state: "ramping", atTarget: false }),
      1,
    ],
    ["sleeps, without a connection to a pool", machine("asleep", { powerW: 25, hasPool: false }), 1],
    [
      "slept when it was called, and still does",
      machine("asleep", { powerW: 25 }, { state: "asleep", atTarget: false }),
      0,
    ],
    ["woke into nothing", machine("ramping", { powerW: 25, hashrateThs: 0 }, { state: "ramping", atTarget: false }), 0],
    ["does not answer", machine("unknown"), 0],
    ["has no pool to work for", machine("running", { powerW: 3_000, hasPool: false }), 0],
    ["idles without a pool", machine("ramping", { powerW: 180, hashrateThs: 0, hasPool: false }), 0],
  ])("a machine that %s", (_, one, able) => {
    expect(ableCohort(HALL, [one]).machines).toBe(able);
  });

  it("of 4 machines: two run, one sleeps, one is dead: 3 able, drawing 6.025 kW", () => {
    const machines = [
      machine("running", { powerW: 3_000 }),
      machine("running", { powerW: 3_000 }),
      machine("asleep", { powerW: 25 }),
      machine("unknown"),
    ];
    expect(ableCohort(HALL, machines)).toEqual({ cohortId: "hall-1", machines: 3, asleep: 1, powerKw: 6.025 });
  });

  it("power that one of them does not say is missing, not zero", () => {
    expect(ableCohort(HALL, [machine("running", { powerW: 3_000 }), machine("running")])).toEqual({
      cohortId: "hall-1",
      machines: 2,
      asleep: 0,
    });
  });

  it("of a cohort under human hands nobody is, whatever runs there", () => {
    expect(ableCohort({ ...HALL, lockedOut: true }, [machine("running", { powerW: 3_000 })])).toEqual({
      cohortId: "hall-1",
      machines: 0,
      asleep: 0,
      powerKw: 0,
    });
  });
});

describe("a site's machines are counted half a minute after each five-minute mark", () => {
  it.each([
    ["2026-08-18T22:00:00Z", "2026-08-18T22:00:30.000Z"],
    ["2026-08-18T22:00:29.999Z", "2026-08-18T22:00:30.000Z"],
    ["2026-08-18T22:00:30Z", "2026-08-18T22:05:30.000Z"],
    ["2026-08-18T22:04:59Z", "2026-08-18T22:05:30.000Z"],
    ["2026-12-31T23:59:00Z", "2027-01-01T00:00:30.000Z"],
  ])("after %s at %s", (at, next) => {
    expect(nextSurveyAt(parseInstant(at))).toBe(next);
  });
});
