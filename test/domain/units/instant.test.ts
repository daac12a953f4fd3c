import { describe, expect, it } from "vitest";
import { isCalendarDay, parseInstant } from "../../../src/domain/units/instant.ts";

describe("an instant out of text", () => {
  it.each([
    ["2026-02-28T21:30-05:00", "2026-03-01T02:30:00.000Z"],
    ["2024-02-29T00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2026-08-18T22:05:11.5+0000", "2026-08-18T22:05:11.500Z"],
  ])("%s is %s", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    "2026-02-30T21:30-05:00",
    "2026-02-29T00:00Z",
    "2026-04-31T12:00Z",
    "2026-13-01T12:00Z",
    "2026-00-10T12:00Z",
  ])("%s is no date", (text) => {
    expect(() => parseInstant(text)).toThrow(`instant: no such date: "${text}"`);
  });

  it.each(["2026-02-28T24:00:00Z", "2026-02-28T12:60Z", "2026-02-28T12:00+25:00"])("%s is no time", (text) => {
    expect(() => parseInstant(text)).toThrow("instant: no such time of day or offset");
  });

  it.each(["2026-08-18T22:05", "2026-08-18", "yesterday"])("%s has no zone", (text) => {
    expect(() => parseInstant(text)).toThrow("instant: expected ISO-8601 text with Z or an offset");
  });
});

describe("a day of the calendar", () => {
  it.each(["2024-02-29", "2026-12-31"])("%s is one", (day) => expect(isCalendarDay(day)).toBe(true));
  it.each(["2026-02-29", "2026-02-30", "2026-9-1", ""])("%s is none", (day) => expect(isCalendarDay(day)).toBe(false));
});
