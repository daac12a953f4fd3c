import { describe, expect, it } from "vitest";
import { isWaitToBeNoted, pollAppointment } from "../../activities/pollAppointment.ts";
import type { Instant } from "../../src/domain/units/instant.ts";

const at = (time: string): Instant => `2026-06-09T${time}.000Z` as Instant;
const NOW = at("12:02:00");
const REGULAR = at("12:05:45");

describe("when a feed is asked next", () => {
  it("at once when it was never asked", () => {
    expect(pollAppointment(undefined, NOW, REGULAR)).toBe(NOW);
  });

  it("at the appointment of the worker before this one, also where the source asked for ten minutes", () => {
    expect(pollAppointment(at("12:02:15"), NOW, REGULAR)).toBe(at("12:02:15"));
    expect(pollAppointment(at("12:11:30"), NOW, REGULAR)).toBe(at("12:11:30"));
  });

  it("at once when a worker whose clock was six hours ahead had put it off until the evening", () => {
    expect(pollAppointment(at("18:05:45"), NOW, REGULAR)).toBe(NOW);
  });

  it("a feed that is asked once an hour keeps its hour", () => {
    expect(pollAppointment(at("13:00:00"), NOW, at("13:00:00"))).toBe(at("13:00:00"));
  });
});

describe("a feed that waits for its turn", () => {
  it("is written down as its wait begins, and by whoever finds it was never written down", () => {
    expect(isWaitToBeNoted(undefined, at("12:01:55"), NOW)).toBe(true);
    expect(isWaitToBeNoted(at("12:01:50"), undefined, NOW)).toBe(true);
  });

  it("is not written down again for a turn that is put off by seconds, and is after a minute: 30 s in, 59 s in, 60 s in", () => {
    const notedAgo = ["12:01:30", "12:01:01", "12:01:00"].map((noted) => isWaitToBeNoted(at(noted), at(noted), NOW));
    expect(notedAgo).toEqual([false, false, true]);
  });
});
