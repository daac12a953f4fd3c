import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  parseReply,
  parseSessionId,
  parseTelemetry,
  refuseErrors,
  stateOf,
  type LuxosTelemetry,
} from "../../../src/adapters/fleet/luxosReplies.ts";

const ALL = ["config", "power", "summary", "devs"] as const;
const reply = (name: string) =>
  parseReply(name, readFileSync(new URL(`./luxos/api-3.7/${name}.json`, import.meta.url), "utf8"));

describe("a LuxOS reply in the vendor's form", () => {
  it("of a machine at its 290 MHz profile gives profile, watts, flag and hashrate", () => {
    const told = parseTelemetry(reply("running"), ALL);
    expect(told).toMatchObject({
      config: { CurtailMode: "None", Profile: "290MHz" },
      power: { Watts: 1051, PSU: false },
      hashrateThs: 59.6112,
      ramping: false,
    });
    expect(stateOf(told)).toBe("running");
  });

  it("with code 402 is busy, with code 335 an acknowledgement, with anything about a session a lost session", () => {
    expect(() => refuseErrors(reply("logon-busy"))).toThrow(expect.objectContaining({ outcome: "busy" }));
    expect(refuseErrors(reply("curtail-sleep"))).toHaveProperty("CURTAIL");
    const error = (Code: number, Msg: string) => () => refuseErrors({ STATUS: [{ STATUS: "E", Code, Msg }] });
    expect(error(999, "Session is not valid")).toThrow(expect.objectContaining({ name: "SessionLostError" }));
    expect(error(14, "Invalid command")).toThrow(expect.objectContaining({ outcome: "unsupported" }));
    expect(error(336, "Cannot curtail")).toThrow(
      expect.objectContaining({ outcome: "refused", message: "code 336: Cannot curtail" }),
    );
  });

  it.each([
    ["Session is in use by 10.7.0.9", "busy"],
    ["Another session is active", "busy"],
    ["session already exists", "busy"],
    ["The session is held by another client", "busy"],
    ["Session expired", "SessionLostError"],
    ["Invalid session id", "SessionLostError"],
    ["No active session", "SessionLostError"],
    ["Session is no longer open", "SessionLostError"],
  ])("of an unknown code that says %j is %s", (Msg, what) => {
    const refuse = () => refuseErrors({ STATUS: [{ STATUS: "E", Code: 415, Msg }] });
    expect(refuse).toThrow(expect.objectContaining(what === "busy" ? { outcome: what } : { name: what }));
  });

  it("with one board ramping and another that says nothing is ramping; silent boards leave it open", () => {
    const ok = { STATUS: [{ STATUS: "S", Code: 9 }] };
    const devs = (...DEVS: object[]) => parseTelemetry({ ...reply("running"), devs: [{ ...ok, DEVS }] }, ALL);
    expect(devs({ ASC: 0, IsRamping: true }, { ASC: 1 }).ramping).toBe(true);
    expect(devs({ ASC: 0 }, { ASC: 1, IsRamping: true }).ramping).toBe(true);
    expect(devs({ ASC: 0, IsRamping: "yes" }, { ASC: 1, IsRamping: true }).ramping).toBe(true);
    expect(devs({ ASC: 0, IsRamping: false }, { ASC: 1 }).ramping).toBeUndefined();
    expect(devs({ ASC: 0, "MHS 5s": 0 }, { ASC: 1, "MHS 5s": 20_000_000 }).boardsHash).toBe(true);
  });

  it("that is not what the document promises is called unreadable, with what came instead", () => {
    expect(() => parseReply("power", "<html>")).toThrow(
      'power: expected one JSON object, got 6 characters beginning "<html>"',
    );
    expect(() => parseReply("power", "[1]")).toThrow("expected one JSON object");
    expect(() => refuseErrors({ id: 1 })).toThrow("expected STATUS[0]");
    for (const SessionID of ["", "a,wakeup", "two words", "x".repeat(129)])
      expect(() => parseSessionId({ SESSION: [{ SessionID }] })).toThrow("expected SESSION[0].SessionID");
  });

  it("with a section missing, refused or of the wrong type leaves that figure out and never makes it zero", () => {
    const whole = reply("running");
    const ok = { STATUS: [{ STATUS: "S", Code: 1 }] };
    const broken: readonly unknown[] = [
      undefined,
      [],
      [{ POWER: [{ Watts: 5 }] }],
      [{ ...ok, POWER: [] }],
      [{ ...ok, POWER: [{ Watts: "1051" }] }],
      [{ ...ok, POWER: [{ Watts: -1 }] }],
      [{ ...ok, POWER: [{}] }],
      [{ STATUS: [{ STATUS: "E" }], POWER: [{ Watts: 5 }] }],
    ];
    for (const power of broken) {
      const told = parseTelemetry({ ...whole, power }, ALL);
      expect(told.power).toBeUndefined();
      expect(stateOf(told)).toBe("running");
    }
    expect(parseTelemetry({ ...whole, summary: undefined }, ALL).hashrateThs).toBeUndefined();
  });
});

describe("the state that a reading proves", () => {
  const awake = { CurtailMode: "None", IsPowerSupplyOn: true };
  const asleep = { CurtailMode: "Sleep", IsPowerSupplyOn: false };
  const rows: readonly (readonly [title: string, told: LuxosTelemetry, state: string])[] = [
    ["hashing", { config: awake, power: { Watts: 2800 }, hashrateThs: 121, ramping: false }, "running"],
    ["on its way up", { config: awake, power: { Watts: 900 }, hashrateThs: 40, ramping: true }, "ramping"],
    [
      "awake, no hash, nothing drawn",
      { config: awake, power: { Watts: 25 }, hashrateThs: 0, ramping: false },
      "ramping",
    ],
    ["awake, hashrate not told, power drawn", { config: awake, power: { Watts: 2800 } }, "running"],
    ["awake and silent about the rest", { config: awake }, "unknown"],
    ["asleep at 25 W", { config: asleep, power: { Watts: 25 }, hashrateThs: 0 }, "asleep"],
    [
      "asleep under a mode text nobody has recorded",
      { config: { ...asleep, CurtailMode: "Idle" }, power: { Watts: 25 } },
      "asleep",
    ],
    ["asleep, power not told, supply off", { config: asleep }, "asleep"],
    ["asleep by mode alone", { config: { CurtailMode: "Sleep" } }, "unknown"],
    ["asleep by mode, still drawing", { config: asleep, power: { Watts: 2800 } }, "ramping"],
    [
      "asleep by mode, supply still on",
      { config: { ...asleep, IsPowerSupplyOn: true }, power: { Watts: 25 } },
      "ramping",
    ],
    [
      "a mode nobody has recorded, supply on, 3,068 W",
      { config: { CurtailMode: "Idle", IsPowerSupplyOn: true }, power: { Watts: 3068, PSU: true } },
      "running",
    ],
    ["a mode nobody has recorded, hashing", { config: { CurtailMode: "Off" }, hashrateThs: 110 }, "running"],
    [
      "a mode nobody has recorded and an estimate of 20 W",
      { config: { CurtailMode: "Disabled" }, power: { Watts: 20, PSU: false } },
      "unknown",
    ],
    [
      "asleep by mode and power, and one board hashes",
      { config: asleep, power: { Watts: 25 }, hashrateThs: 0, boardsHash: true },
      "ramping",
    ],
    ["asleep by mode, 25 W, and 60 TH/s", { config: asleep, power: { Watts: 25 }, hashrateThs: 60 }, "ramping"],
    ["awake, hashrate not told, a board hashes", { config: awake, boardsHash: true }, "running"],
    ["no config, nothing drawn", { power: { Watts: 0 }, hashrateThs: 0 }, "unknown"],
  ];
  it.each(rows)("%s", (_, told, state) => {
    expect(stateOf(told)).toBe(state);
  });
});

it("a reply of more values than a machine has, 100,000 in 200 kB, is unreadable and not read through", () => {
  expect(() => parseReply("devs", `{"DEVS":[${"1,".repeat(100_000)}1]}`)).toThrow(/expected one JSON object, got 200/);
});
