import { describe, expect, it } from "vitest";
import type { ShareTarget, MachineReading } from "../../../src/domain/dispatch/model.ts";
import { isAtTarget } from "../../../src/domain/dispatch/straggler.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const reading = (state: MachineReading["state"], more: Partial<MachineReading> = {}): MachineReading => ({
  machineId: "rack-07-12",
  readAt: parseInstant("2026-08-18T22:05:40Z"),
  state,
  ...more,
});
const target = (point: ShareTarget["point"]): ShareTarget => ({
  cohortId: "s19",
  modeId: "m",
  point,
  machines: 1,
  expectedW: 26,
  restores: false,
});
const off = target({ kind: "off" });
const on = target({ kind: "on" });
const step = target({ kind: "profile", profile: "330MHz" });
const watts = target({ kind: "watts", watts: 2_100 });
const held = (profile: string) => ({ setpoint: { kind: "profile", profile } }) as const;

describe("machine at target", () => {
  it.each([
    ["asleep is at off", reading("asleep"), off, true],
    ["asleep with zero hashrate is at off", reading("asleep", { hashrateThs: 0, powerW: 25 }), off, true],
    ["asleep by its own word, but still hashing, is not at off", reading("asleep", { hashrateThs: 90 }), off, false],
    ["running is not at off", reading("running"), off, false],
    ["ramping is not at off", reading("ramping"), off, false],
    ["silent is never at off", reading("unknown", { powerW: 0, hashrateThs: 0 }), off, false],
    ["running is at on", reading("running", held("anything")), on, true],
    ["ramping up is at on", reading("ramping"), on, true],
    ["ramping up and hashing a little is at on", reading("ramping", { hashrateThs: 3.2 }), on, true],
    ["awake, not hashing at all, is not at on", reading("ramping", { hashrateThs: 0 }), on, false],
    ["asleep is not at on", reading("asleep"), on, false],
    ["silent is never at on", reading("unknown", held("330MHz")), step, false],
    ["running with the step's profile is at the step", reading("running", held("330MHz")), step, true],
    ["running with another profile is not at the step", reading("running", held("default")), step, false],
    ["running with a set-point that was not read is not at the step", reading("running"), step, false],
    [
      "holding the step's watts is at the step",
      reading("running", { setpoint: { kind: "watts", watts: 2_100 } }),
      watts,
      true,
    ],
    [
      "holding other watts is not at the step",
      reading("running", { setpoint: { kind: "watts", watts: 2_200 } }),
      watts,
      false,
    ],
    ["holding a profile is not at a step of watts", reading("running", held("330MHz")), watts, false],
  ])("%s", (_title, machine, wanted, expected) => {
    expect(isAtTarget(machine, wanted)).toBe(expected);
  });
});
