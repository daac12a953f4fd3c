import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { persistence } from "../../../bench/support/persistence.ts";
import { dayStart, wallToInstant } from "../../../src/domain/market/calendar.ts";
import {
  type CoincidentPeakRule,
  demandYearOf,
  peakRuleOn,
  usdPerMwOfPeak,
} from "../../../src/domain/market/coincidentPeakRule.ts";
import { hoursOfDay } from "../../../src/domain/market/deliveryHour.ts";
import { chanceToBeHighest, type LoadChance } from "../../../src/domain/market/highestChance.ts";
import { type ForecastErrors, type HourLoad, peakPlan } from "../../../src/domain/market/peakPlan.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";

const at = (day: string, time: string): Instant => wallToInstant({ day, time: `${time}:00`, repeatedHour: false });
const fourCp: CoincidentPeakRule = {
  effectiveFrom: "2015-06-01",
  called: "4CP",
  months: [6, 7, 8, 9],
  intervalMinutes: 15,
  peaksPerMonth: 1,
  demandYearStart: 1,
};
/** What a successor may be: twelve peaks, half hours, a year from October on. */
const twelve: CoincidentPeakRule = {
  effectiveFrom: "2027-10-01",
  called: "12CP",
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  intervalMinutes: 30,
  peaksPerMonth: 1,
  demandYearStart: 10,
};
const errors: ForecastErrors = { byHoursAhead: [{ hours: 0, share: 0.05 }], shapeShare: 0.01 };
const ruling = { rules: [fourCp, twelve], tariffUsdPerKwYear: 70, errors };

/** Hours of a day from one on: 60,000 MW but for those that are named by their start. */
const loads = (day: string, from: string, peaks: Readonly<Record<string, number>>): HourLoad[] =>
  hoursOfDay(day)
    .filter((startsAt) => startsAt >= at(day, from))
    .map((startsAt) => {
      const named = Object.entries(peaks).find(([time]) => at(day, time) === startsAt);
      return { startsAt, mw: named === undefined ? 60_000 : named[1] };
    });

describe("the chance of a load to be the highest", () => {
  const known = (expectedMw: number): LoadChance => ({ expectedMw, errorMw: 0 });

  it("is what a table of the normal distribution says against a known load", () => {
    const load = { expectedMw: 100, errorMw: 10 };
    expect(chanceToBeHighest([load, known(110)], 0)).toBeCloseTo(0.15866, 4);
    expect(chanceToBeHighest([load, known(100)], 0)).toBeCloseTo(0.5, 4);
    expect(chanceToBeHighest([load, known(60)], 0)).toBeCloseTo(1, 4);
    expect(chanceToBeHighest([load, known(110)], 1)).toBeCloseTo(0.84134, 4);
  });

  it("is shared by equals, and is that of the difference of two: 4 MW more with errors of 3 and 4 MW is 0.788", () => {
    const equal = { expectedMw: 100, errorMw: 5 };
    expect(chanceToBeHighest([equal, equal], 0)).toBeCloseTo(0.5, 2);
    expect(chanceToBeHighest([equal, equal, equal], 2)).toBeCloseTo(1 / 3, 2);
    const pair = [
      { expectedMw: 100, errorMw: 3 },
      { expectedMw: 96, errorMw: 4 },
    ];
    expect(chanceToBeHighest(pair, 0)).toBeCloseTo(0.788, 2);
  });

  it("is two in three for three equals where two peaks count", () => {
    const equal = { expectedMw: 100, errorMw: 5 };
    for (const own of [0, 1, 2]) expect(chanceToBeHighest([equal, equal, equal], own, 2)).toBeCloseTo(2 / 3, 2);
  });

  it("sums to the number of peaks over all loads, of equal known ones the earlier is the higher", () => {
    expect([0, 1, 2].map((own) => chanceToBeHighest([known(5), known(5), known(4)], own))).toEqual([1, 0, 0]);
    const anyLoad = fc.record({
      expectedMw: fc.integer({ min: 700, max: 800 }),
      errorMw: fc.constantFrom(0, 8, 20, 60),
    });
    fc.assert(
      fc.property(fc.array(anyLoad, { minLength: 3, maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (all, peaks) => {
        const sum = all.reduce((total, _, own) => total + chanceToBeHighest(all, own, peaks), 0);
        expect(Math.abs(sum - peaks)).toBeLessThan(0.12);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the rule by which peaks are charged", () => {
  it("is the one in force on the day; a peak is the tariff over the year's peaks, dated to its demand year", () => {
    expect(peakRuleOn(ruling.rules, "2015-05-31")).toBeUndefined();
    expect(peakRuleOn(ruling.rules, "2027-09-30")?.called).toBe("4CP");
    expect(peakRuleOn(ruling.rules, "2027-10-01")?.called).toBe("12CP");
    // 70 $/kW-year is 70,000 $/MW-year: a quarter of it for each of four peaks
    expect(usdPerMwOfPeak(fourCp, 70)).toBe(17_500);
    expect(usdPerMwOfPeak(twelve, 72)).toBe(6_000);
    expect(demandYearOf(fourCp, "2027-06-30")).toBe("2027-01");
    expect(demandYearOf(twelve, "2027-12-31")).toBe("2027-10");
    expect(demandYearOf(twelve, "2028-09-30")).toBe("2027-10");
    expect(() => usdPerMwOfPeak({ ...fourCp, months: [] }, 70)).toThrow("expected months");
  });
});

describe("a peak plan", () => {
  const LAST = "2025-06-30";
  const dayPeaks = [{ day: "2025-06-18", mw: 78_000, startsAt: at("2025-06-18", "16:45") }];

  it("shares a day's chance to beat the month's peak among the hours alike, and an hour's among its quarters", () => {
    // one day is left, its top is 80,000 MW give or take 4,000, and the month has had 78,000: half an error below,
    // so 0.69146; two hours are alike, and each has four quarters
    const forecast = loads(LAST, "08:00", { "16:00": 80_000, "17:00": 80_000 });
    const plan = peakPlan(ruling, { forecast, dayPeaks }, at(LAST, "08:00"));
    const likely = plan.filter(({ probability }) => probability > 0.001);
    expect(likely.map(({ startsAt }) => startsAt)).toEqual(
      [0, 15, 30, 45, 60, 75, 90, 105].map((minutes) => addSeconds(at(LAST, "16:00"), minutes * 60)),
    );
    for (const { probability, valueUsdPerMw, rule, demandYear } of likely) {
      expect(probability).toBeCloseTo(0.69146 / 8, 4);
      expect(valueUsdPerMw).toBeCloseTo((17_500 * 0.69146) / 8, 0);
      expect([rule, demandYear]).toEqual(["4CP", "2025-01"]);
    }
  });

  it("says nothing of a day that cannot reach what the month has had, and halves where a like day follows", () => {
    const day = "2025-06-29";
    const both = (today: number, next: number): HourLoad[] => [
      ...loads(day, "08:00", { "16:00": today }),
      ...loads(LAST, "00:00", { "16:00": next }),
    ];
    const chanceOn = (from: Instant, forecast: readonly HourLoad[]): number =>
      peakPlan(ruling, { forecast, dayPeaks }, at(day, "08:00"))
        .filter(({ startsAt }) => startsAt >= from && startsAt < addSeconds(from, 86_400))
        .reduce((sum, { probability }) => sum + probability, 0);
    expect(chanceOn(dayStart(day), both(61_000, 61_000))).toBeLessThan(0.001);
    // 100,000 MW on both days: one of them has the peak for sure
    expect(chanceOn(dayStart(day), both(100_000, 100_000))).toBeCloseTo(0.5, 2);
    expect(chanceOn(dayStart(LAST), both(100_000, 100_000))).toBeCloseTo(0.5, 2);
  });

  it("counts days beyond the forecast as one for each spell of weather", () => {
    // 27 June, one day of forecast; 28, 29 and 30 are one spell: even odds between two
    const forecast = loads("2025-06-27", "08:00", { "16:00": 100_000 });
    const plan = peakPlan(ruling, { forecast, dayPeaks }, at("2025-06-27", "08:00"));
    expect(plan.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(0.5, 2);
  });

  it("names no interval that is over, none of a month without a peak, and none before a rule", () => {
    const forecast = loads(LAST, "15:00", { "16:00": 100_000 });
    const plan = peakPlan(ruling, { forecast, dayPeaks: [] }, at(LAST, "16:20"));
    expect(plan[0]?.startsAt).toBe(at(LAST, "16:15"));
    const may = loads("2025-05-31", "08:00", { "16:00": 100_000 });
    expect(peakPlan(ruling, { forecast: may, dayPeaks: [] }, at("2025-05-31", "08:00"))).toEqual([]);
    expect(peakPlan({ ...ruling, rules: [twelve] }, { forecast, dayPeaks: [] }, at(LAST, "08:00"))).toEqual([]);
  });

  it("goes by the rule of each day where the rule changes between two of them", () => {
    const [before, after] = ["2027-09-30", "2027-10-01"];
    const forecast = [...loads(before, "08:00", { "16:00": 90_000 }), ...loads(after, "00:00", { "16:00": 90_000 })];
    const plan = peakPlan(ruling, { forecast, dayPeaks: [] }, at(before, "08:00"));
    const first = plan.find(({ startsAt }) => startsAt === at(before, "16:00"));
    const second = plan.find(({ startsAt }) => startsAt === at(after, "16:00"));
    expect(first).toMatchObject({ rule: "4CP", endsAt: at(before, "16:15"), demandYear: "2027-01" });
    expect(second).toMatchObject({ rule: "12CP", endsAt: at(after, "16:30"), demandYear: "2027-10" });
    // September's last day has its month for itself, October's first has 31 days before it
    expect(first!.valueUsdPerMw).toBeCloseTo(17_500 / 4, 0);
    expect(second!.probability).toBeLessThan(0.1);
  });

  it("tells the two hours of 01:00 apart on the day of the autumn change", () => {
    const day = "2027-11-07";
    const hours = hoursOfDay(day);
    expect(hours).toHaveLength(25);
    const forecast = hours.map((startsAt, i) => ({ startsAt, mw: i === 2 ? 90_000 : 60_000 }));
    const [second] = peakPlan(ruling, { forecast, dayPeaks: [] }, dayStart(day)).toSorted(
      (one, other) => other.probability - one.probability,
    );
    expect(second?.startsAt).toBe(wallToInstant({ day, time: "01:00:00", repeatedHour: true }));
  });
});

describe("persistence, the forecast of the bench", () => {
  it("sees nothing of the hours after the known ones, and carries on how today runs against the last days", () => {
    const first = dayStart("2025-06-01");
    // 50,000 MW by night and 70,000 by day, a tenth more on the 20th
    const all = Array.from({ length: 24 * 25 }, (_, i) => ({
      startsAt: addSeconds(first, i * 3_600),
      mw: (i % 24 >= 12 ? 70_000 : 50_000) * (i >= 24 * 19 ? 1.1 : 1),
    }));
    const known = 24 * 19 + 8;
    const forecast = persistence({ loads: all }, known, 40);
    expect(forecast[0]?.startsAt).toBe(all[known]?.startsAt);
    // the rest of today: yesterday's shape and a tenth more
    expect(forecast[10]?.mw).toBeCloseTo(77_000, 6);
    // tomorrow at noon: 0.7 of today's distance to the mean of 14 days, which are at 70,000
    expect(forecast[30]?.mw).toBeCloseTo(70_000 + 0.7 * 7_000, 6);
    const later = all.map((one, i) => (i < known ? one : { ...one, mw: 0 }));
    expect(persistence({ loads: later }, known, 40)).toEqual(forecast);
  });
});
