import { describe, expect, it } from "vitest";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import { checkFrozen } from "../../../src/domain/verification/checkFrozen.ts";
import type { MeterReading } from "../../../src/domain/verification/model.ts";

const AT = parseInstant("2026-08-18T22:00:00Z");
const reading = (more: Partial<MeterReading> = {}): MeterReading => ({
  meterId: "feeder",
  readAt: AT,
  powerKw: 340,
  registerWh: 184_223_904_551n,
  quality: "metered",
  ...more,
});
/** A quarter of an hour later. */
const later = (more: Partial<MeterReading> = {}): MeterReading => reading({ readAt: addSeconds(AT, 900), ...more });

describe("a meter a quarter of an hour after its last reading", () => {
  it.each<[string, MeterReading | undefined, MeterReading, MeterReading["quality"]]>([
    ["that shows 340 kW and not a watt-hour more is frozen", reading(), later(), "stale"],
    ["whose register moved by one watt-hour is not", reading(), later({ registerWh: 184_223_904_552n }), "metered"],
    [
      "over sixteen sleeping machines, 0.4 kW, is frozen: it missed 100 Wh",
      reading({ powerKw: 0.4 }),
      later({ powerKw: 0.4 }),
      "stale",
    ],
    [
      "over one sleeping machine, 0.025 kW, may have missed less than its register can show",
      reading({ powerKw: 0.025 }),
      later({ powerKw: 0.025 }),
      "metered",
    ],
    ["over nothing at all stands still rightly", reading({ powerKw: 0 }), later({ powerKw: 0 }), "metered"],
    [
      "that showed nothing before and power now may have started this moment",
      reading({ powerKw: 0 }),
      later(),
      "metered",
    ],
    ["read again at once is not", reading(), reading(), "metered"],
    ["whose power was not read then cannot be told", reading({ powerKw: undefined }), later(), "metered"],
    [
      "that was not read then cannot be told",
      reading({ registerWh: undefined, quality: "missing" }),
      later(),
      "metered",
    ],
    ["never read before cannot be told", undefined, later(), "metered"],
    [
      "that is silent is missing, not frozen",
      reading(),
      later({ registerWh: undefined, powerKw: undefined, quality: "missing" }),
      "missing",
    ],
    [
      "behind a reversed transformer is frozen: its register of energy delivered stands",
      reading({ powerKw: -340, quality: "missing" }),
      later({ powerKw: -340, quality: "missing" }),
      "stale",
    ],
    [
      "that shows 1e30 kW and stands still is frozen, not only out of bounds",
      reading(),
      later({ powerKw: 1e30, quality: "missing" }),
      "stale",
    ],
    [
      "found frozen a second ago is frozen still, though no meter counts 10 Wh in a second",
      reading({ powerKw: 20, quality: "stale" }),
      reading({ powerKw: 20, readAt: addSeconds(AT, 1) }),
      "stale",
    ],
    ["found frozen then is so as long as it does not move", reading({ quality: "stale" }), later(), "stale"],
  ])("%s", (_title, before, now, quality) => {
    expect(checkFrozen(before, now)).toEqual({ ...now, quality });
  });
});
