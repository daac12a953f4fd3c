import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learned, nextMarkPollAt, nextRegularPollAt } from "../../../src/adapters/ercot/pollSchedule.ts";
import { instantFromMs, msOfInstant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const runs = { periodSeconds: 300, offsetSeconds: 45, retrySeconds: 15, leastSeconds: 5, toleranceSeconds: 30 };
const UNKNOWN = { delays: {} };
const at = (time: string) => parseInstant(`2026-08-18T${time}-05:00`);
const clock = (instant: Instant) => new Date(msOfInstant(instant) - 5 * 3_600_000).toISOString().slice(11, 19);
const next = (now: string, newest: string | undefined, found = false) =>
  clock(
    nextMarkPollAt(runs, at(now), {
      ...UNKNOWN,
      newestAboutAt: newest === undefined ? undefined : at(newest),
      found,
    }),
  );

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
    const then = (now: string) =>
      clock(nextMarkPollAt(extra, at(now), { ...UNKNOWN, newestAboutAt: at("17:35:09"), found: true }));
    expect(then("17:36:15")).toBe("17:37:15");
    expect(then("17:38:15")).toBe("17:39:15");
    expect(then("17:39:55")).toBe("17:40:45");
  });

  it("always moves on, and never sleeps past the next mark's first look", () => {
    const seconds = fc.integer({ min: 1_787_000_000, max: 1_787_090_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 2000 }), fc.boolean(), (now, age, found) => {
        const knowledge = { ...UNKNOWN, newestAboutAt: instantFromMs((now - age) * 1000), found };
        const then = msOfInstant(nextMarkPollAt(runs, instantFromMs(now * 1000), knowledge)) / 1000;
        expect(then).toBeGreaterThan(now);
        expect(then - now).toBeLessThanOrEqual(345);
      }),
    );
  });
});

describe("a poll that has learned from the delays seen", () => {
  const published = (times: readonly string[]) =>
    times.reduce(
      (delays, time, i) =>
        learned(runs, delays, {
          aboutAt: at(`16:${String(i * 5).padStart(2, "0")}:12`),
          publishedAt: at(time),
          fetchedAt: at("17:00:00"),
        }),
      {},
    );
  // 52, 55, 56, 57, 58, 59, 61, 63, 66, 70, 78 and 170 s after their marks
  const delays = published([
    "16:00:58",
    "16:05:55",
    "16:11:10",
    "16:15:56",
    "16:20:52",
    "16:26:18",
    "16:30:59",
    "16:36:01",
    "16:40:57",
    "16:46:03",
    "16:51:06",
    "16:57:50",
  ]);
  const looks = (): string[] => {
    const seen: string[] = [];
    let now = at("17:00:05");
    for (let i = 0; i < 9; i++) {
      now = nextMarkPollAt(runs, now, { delays, newestAboutAt: at("16:55:12"), found: false });
      seen.push(clock(now));
    }
    return seen;
  };

  it("looks first when the soonest document came, every 5 s where most came, and less often in the tail", () =>
    expect(looks()).toEqual([
      "17:00:52",
      "17:00:57",
      "17:01:02",
      "17:01:07",
      "17:01:12",
      "17:01:17",
      "17:01:32",
      "17:01:47",
      "17:02:02",
    ]));

  it("does not learn from a run off the mark, nor from a publication dated after it was read", () => {
    const extra = { aboutAt: at("16:47:42"), publishedAt: at("16:48:40"), fetchedAt: at("16:48:45") };
    expect(learned(runs, {}, extra)).toEqual({});
    const ahead = { aboutAt: at("16:45:12"), publishedAt: at("16:49:00"), fetchedAt: at("16:46:03") };
    expect(learned(runs, {}, ahead)).toEqual({ 21: [63] });
  });
});

describe("the poll of a dashboard", () => {
  it("comes every minute at the same second", () => {
    expect(clock(nextRegularPollAt(60, 20, at("17:00:05")))).toBe("17:00:20");
    expect(clock(nextRegularPollAt(60, 20, at("17:00:20")))).toBe("17:01:20");
  });
});
