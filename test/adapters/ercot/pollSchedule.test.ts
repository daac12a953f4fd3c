import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextMarkPollAt, nextRegularPollAt } from "../../../src/adapters/ercot/pollSchedule.ts";
import { instantFromMs, msOfInstant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const runs = { periodSeconds: 300, offsetSeconds: 45, retrySeconds: 15, toleranceSeconds: 30 };
const at = (time: string) => parseInstant(`2026-08-18T${time}-05:00`);
const clock = (instant: Instant) => new Date(msOfInstant(instant) - 5 * 3_600_000).toISOString().slice(11, 19);
const next = (now: string, newest: string | undefined, found = false) =>
  clock(nextMarkPollAt(runs, at(now), newest === undefined ? undefined : at(newest), found));

describe("the poll of SCED runs", () => {
  it("looks 45 s after the mark, then every 15 s until the run is there, then not before the next mark", () => {
    expect(next("17:00:20", "16:55:12")).toBe("17:00:45");
    expect(next("17:00:45", "16:55:12")).toBe("17:01:00");
    expect(next("17:01:00", "16:55:12")).toBe("17:01:15");
    expect(next("17:01:15", "17:00:12", true)).toBe("17:05:45");
  });

  it("goes on looking when only an extra run of before the mark was found", () => {
    expect(next("18:50:45", "18:47:42", true)).toBe("18:51:00");
  });

  it("takes a run a few seconds before its mark as the mark's", () =>
    expect(next("17:00:45", "16:59:58", true)).toBe("17:05:45"));

  it("follows what was found when nothing could be dated", () => {
    expect(next("17:00:45", undefined, true)).toBe("17:05:45");
    expect(next("17:00:45", undefined, false)).toBe("17:01:00");
  });

  it("looks every minute for a run off the mark once the mark's own is there", () => {
    const extra = { ...runs, extraSeconds: 60 };
    const then = (now: string) => clock(nextMarkPollAt(extra, at(now), at("17:35:09"), true));
    expect(then("17:36:15")).toBe("17:37:15");
    expect(then("17:38:15")).toBe("17:39:15");
    expect(then("17:39:55")).toBe("17:40:45");
  });

  it("always moves on, and never sleeps past the next mark's first look", () => {
    const seconds = fc.integer({ min: 1_787_000_000, max: 1_787_090_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 2000 }), fc.boolean(), (now, age, found) => {
        const then =
          msOfInstant(nextMarkPollAt(runs, instantFromMs(now * 1000), instantFromMs((now - age) * 1000), found)) / 1000;
        expect(then).toBeGreaterThan(now);
        expect(then - now).toBeLessThanOrEqual(345);
      }),
    );
  });
});

describe("the poll of a dashboard", () => {
  it("comes every minute at the same second", () => {
    expect(clock(nextRegularPollAt(60, 20, at("17:00:05")))).toBe("17:00:20");
    expect(clock(nextRegularPollAt(60, 20, at("17:00:20")))).toBe("17:01:20");
  });
});
