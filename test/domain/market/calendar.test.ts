import { DateTime } from "luxon";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  centralWall,
  dayEnd,
  dayStart,
  instantsOfWall,
  intervalEnd,
  intervalKey,
  intervalStart,
  intervalsOfDay,
  nextDay,
  operatingDayOf,
  parseIntervalKey,
  settlementInterval,
  wallToInstant,
} from "../../../src/domain/market/calendar.ts";
import type { SettlementInterval } from "../../../src/domain/market/model.ts";
import { UnitError, instantFromMs, msOfInstant, parseInstant } from "../../../src/domain/units/instant.ts";

const ZONE = "America/Chicago";
const after = (interval: SettlementInterval): SettlementInterval => settlementInterval(intervalEnd(interval));
const luxonMs = (day: string): number => DateTime.fromISO(day, { zone: ZONE }).startOf("day").toMillis();

describe("market calendar against luxon, 2010 to 2050", () => {
  it("starts every operating day at the same instant and gives it 92, 96 or 100 intervals", () => {
    const otherwise: string[] = [];
    const lengths = new Map<number, number>();
    for (let day = "2010-01-01"; day < "2051-01-01"; day = nextDay(day)) {
      if (msOfInstant(dayStart(day)) !== luxonMs(day)) otherwise.push(day);
      const quarters = (msOfInstant(dayEnd(day)) - msOfInstant(dayStart(day))) / 900_000;
      lengths.set(quarters, (lengths.get(quarters) ?? 0) + 1);
    }
    expect(otherwise).toEqual([]);
    expect([...lengths].toSorted((a, b) => a[0] - b[0])).toEqual([
      [92, 41],
      [96, 14_893],
      [100, 41],
    ]);
  });

  it("names every interval of every change day as the wall clock does, and finds its start back", () => {
    for (let year = 2010; year <= 2050; year += 1) {
      for (const [from, to] of [
        [`${year}-03-08`, `${year}-03-15`],
        [`${year}-11-01`, `${year}-11-08`],
      ] as const) {
        for (let day: string = from; day < to; day = nextDay(day)) {
          const intervals = intervalsOfDay(day);
          const shown = intervals.map((interval) => {
            const start = intervalStart(interval);
            const wall = DateTime.fromMillis(msOfInstant(start), { zone: ZONE });
            return [wall.toISODate(), wall.hour + 1, wall.minute / 15 + 1];
          });
          expect(intervals.map((one) => [one.operatingDay, one.hourEnding, one.interval])).toEqual(shown);
          expect(intervals.map((one) => settlementInterval(intervalStart(one)))).toEqual(intervals);
          expect(intervals.map((one) => parseIntervalKey(intervalKey(one)))).toEqual(intervals);
        }
      }
    }
  });

  it("reads the wall clock as luxon does at any second", () => {
    const range = { min: Date.UTC(2010, 0, 2) / 1000, max: Date.UTC(2050, 11, 30) / 1000 };
    fc.assert(
      fc.property(fc.integer(range), (second) => {
        const at = instantFromMs(second * 1000);
        const wall = centralWall(at);
        const luxon = DateTime.fromSeconds(second, { zone: ZONE });
        expect(`${wall.day}T${wall.time}${wall.offset}`).toBe(luxon.toISO({ suppressMilliseconds: true }));
        expect(wallToInstant(wall)).toBe(at);
        const hourLater = DateTime.fromSeconds(second + 3_600, { zone: ZONE });
        const hourBefore = DateTime.fromSeconds(second - 3_600, { zone: ZONE });
        const alike = [hourBefore, luxon, hourLater].filter((one) => one.toFormat("D T") === luxon.toFormat("D T"));
        expect(instantsOfWall(wall.day, wall.time)).toEqual(alike.map((one) => instantFromMs(one.toMillis())));
        expect(operatingDayOf(at)).toBe(wall.day);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("clock-change days as ERCOT publishes them", () => {
  it("repeats HE 2 on 2023-11-05, the second copy flagged and one hour later", () => {
    const first = intervalStart({ operatingDay: "2023-11-05", hourEnding: 2, interval: 1, repeatedHour: false });
    const second = intervalStart({ operatingDay: "2023-11-05", hourEnding: 2, interval: 1, repeatedHour: true });
    expect(first).toBe("2023-11-05T06:00:00.000Z");
    expect(second).toBe("2023-11-05T07:00:00.000Z");
    expect(intervalStart({ operatingDay: "2023-11-05", hourEnding: 3, interval: 1, repeatedHour: false })).toBe(
      "2023-11-05T08:00:00.000Z",
    );
    expect(new Set(intervalsOfDay("2023-11-05").map((i) => `${i.hourEnding}${i.repeatedHour ? "Y" : "N"}`)).size).toBe(
      25,
    );
  });

  it("has no HE 3 on 2025-03-09: 92 intervals, 01:45 is followed by 03:00", () => {
    const day = intervalsOfDay("2025-03-09");
    expect(day).toHaveLength(92);
    expect(day.some((i) => i.hourEnding === 3)).toBe(false);
    expect(intervalKey(after(parseIntervalKey("2025-03-09/2/4")))).toBe("2025-03-09/4/1");
    expect(() =>
      intervalStart({ operatingDay: "2025-03-09", hourEnding: 3, interval: 1, repeatedHour: false }),
    ).toThrow(/no HE 3/);
    expect(() => wallToInstant({ day: "2025-03-09", time: "02:30:00", repeatedHour: false })).toThrow(UnitError);
  });

  it("walks 2025-11-02 through 100 intervals, the repeated hour after the first", () => {
    const keys: string[] = [];
    for (let i = parseIntervalKey("2025-11-02/1/1"); i.operatingDay === "2025-11-02"; i = after(i))
      keys.push(intervalKey(i));
    expect(keys).toHaveLength(100);
    expect(keys.slice(6, 13)).toEqual([
      "2025-11-02/2/3",
      "2025-11-02/2/4",
      "2025-11-02/2/1R",
      "2025-11-02/2/2R",
      "2025-11-02/2/3R",
      "2025-11-02/2/4R",
      "2025-11-02/3/1",
    ]);
  });

  it.each([
    ["an ordinary evening", "2026-08-18", "20:15:00", ["2026-08-19T01:15:00.000Z"]],
    ["the hour before the repeated one", "2023-11-05", "00:59:59", ["2023-11-05T05:59:59.000Z"]],
    [
      "the repeated hour, daylight time first",
      "2023-11-05",
      "01:15:00",
      [6, 7].map((h) => `2023-11-05T0${h}:15:00.000Z`),
    ],
    ["the hour after it", "2023-11-05", "02:00:00", ["2023-11-05T08:00:00.000Z"]],
    ["the hour that the clocks skip", "2025-03-09", "02:30:00", []],
    ["a day that does not exist", "2025-02-29", "12:00:00", []],
    ["a year before the clock-change table", "2006-07-01", "12:00:00", []],
    ["a time that does not exist", "2026-08-18", "24:00:00", []],
    ["text that is no day", "18.08.2026", "12:00:00", []],
  ])("shows at every instant that there is and at no other: %s", (_what, day, time, instants) => {
    expect(instantsOfWall(day, time)).toEqual(instants);
  });

  it.each([
    ["a repeated-hour flag on an hour that is not repeated", "2025-11-02/3/1R"],
    ["a repeated-hour flag on an ordinary day", "2025-11-03/2/1R"],
    ["HE 25", "2025-11-02/25/1"],
    ["a fifth quarter", "2025-11-03/2/5"],
    ["a day that does not exist", "2025-02-29/2/1"],
    ["a year before the clock-change table", "2006-07-01/2/1"],
  ])("refuses %s", (_what, key) => {
    expect(() => parseIntervalKey(key)).toThrow(UnitError);
  });
});

describe("interval identity", () => {
  it("gives the scarcity quarter of 2024-08-20 20:15 its ERCOT name", () => {
    const at = parseInstant("2024-08-21T01:22:31Z");
    expect(intervalKey(settlementInterval(at))).toBe("2024-08-20/21/2");
    expect(intervalStart(settlementInterval(at))).toBe("2024-08-21T01:15:00.000Z");
    expect(intervalEnd(settlementInterval(at))).toBe("2024-08-21T01:30:00.000Z");
    expect(centralWall(at)).toEqual({ day: "2024-08-20", time: "20:22:31", repeatedHour: false, offset: "-05:00" });
  });

  it("puts an instant on a boundary into the interval it starts", () => {
    expect(intervalKey(settlementInterval(parseInstant("2024-08-21T05:00:00Z")))).toBe("2024-08-21/1/1");
    expect(intervalKey(settlementInterval(parseInstant("2024-08-21T04:59:59.999Z")))).toBe("2024-08-20/24/4");
  });
});
