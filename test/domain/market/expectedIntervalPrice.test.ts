import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedIntervalPrice } from "../../../src/domain/market/expectedIntervalPrice.ts";
import { intervalStart, wallToInstant } from "../../../src/domain/market/calendar.ts";
import type { ScedRun } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const LIMITS = { adderUsdPerMwh: 0, floorUsdPerMwh: -250, capUsdPerMwh: 5000 };

function runsOn(day: string, ...runs: readonly [time: string, lmp: number][]): ScedRun[] {
  return runs.map(([time, lmpUsdPerMwh]) => ({
    scedAt: wallToInstant({ day, time, repeatedHour: false }),
    lmpUsdPerMwh,
  }));
}

const scarcity = runsOn(
  "2024-12-14",
  ["17:25:10", 121.62],
  ["17:30:10", 4673.27],
  ["17:35:09", 145.9],
  ["17:37:24", 93.53],
  ["17:40:10", 62.11],
);
const quarter = intervalStart({ operatingDay: "2024-12-14", hourEnding: 18, interval: 3, repeatedHour: false });

describe("settlement price of an interval whose SCED runs are all known", () => {
  it.each([
    [
      "HB_WEST 2024-12-14 17:30",
      scarcity,
      { operatingDay: "2024-12-14", hourEnding: 18, interval: 3 },
      [10, 299, 135, 166, 290],
      1613.065,
    ],
    [
      "HB_SOUTH 2024-06-04 19:30",
      runsOn(
        "2024-06-04",
        ["19:25:11", 687.53],
        ["19:30:11", 498.63],
        ["19:35:10", 144.56],
        ["19:39:07", 534.64],
        ["19:40:10", 480.86],
      ),
      { operatingDay: "2024-06-04", hourEnding: 20, interval: 3 },
      [11, 299, 237, 63, 290],
      404.495,
    ],
    [
      "HB_WEST 2024-08-18 18:45",
      runsOn(
        "2024-08-18",
        ["18:40:10", 54.89],
        ["18:45:13", 118.2],
        ["18:47:42", 239.17],
        ["18:50:10", 300.96],
        ["18:51:35", 250.98],
        ["18:55:13", 132],
      ),
      { operatingDay: "2024-08-18", hourEnding: 19, interval: 4 },
      [13, 149, 148, 85, 218, 287],
      191.002,
    ],
  ])("weighs the runs by their seconds in force: %s", (_what, runs, interval, seconds, published) => {
    const start = intervalStart({ ...interval, repeatedHour: false });
    const price = expectedIntervalPrice({ intervalStart: start, asOf: addSeconds(start, 900), runs, ...LIMITS });
    expect(price?.parts.map((part) => part.seconds)).toEqual(seconds);
    expect(price?.expectedUsdPerMwh).toBeCloseTo(published, 3);
    expect(price?.fixedShare).toBe(1);
    expect(price?.lowerUsdPerMwh).toBe(price?.upperUsdPerMwh);
  });
});

describe("expected settlement price of the interval now running", () => {
  const at = (time: string): Instant => wallToInstant({ day: "2024-12-14", time, repeatedHour: false });
  const priceAt = (time: string, adderUsdPerMwh = 0) =>
    expectedIntervalPrice({ ...LIMITS, intervalStart: quarter, asOf: at(time), runs: scarcity, adderUsdPerMwh });

  it("is still above 1,600 $/MWh ten minutes after the spike, when the screen shows 62", () => {
    expect(priceAt("17:41:10")?.expectedUsdPerMwh).toBeCloseTo(1613.065, 3);
    expect(priceAt("17:41:10")?.fixedShare).toBeCloseTo(670 / 900, 12);
  });

  it("lets the last known run persist: at 17:31 the whole rest is at 4,673.27", () => {
    expect(priceAt("17:31:00")?.expectedUsdPerMwh).toBeCloseTo((121.62 * 10 + 4673.27 * 890) / 900, 9);
  });

  it("bounds the rest at the floor and the cap", () => {
    const price = priceAt("17:36:00");
    const known = 121.62 * 10 + 4673.27 * 299 + 145.9 * 51;
    expect(price?.lowerUsdPerMwh).toBeCloseTo((known - 250 * 540) / 900, 9);
    expect(price?.upperUsdPerMwh).toBeCloseTo((known + 5000 * 540) / 900, 9);
  });

  it("adds the expected adder to the price and to both bounds", () => {
    const [plain, added] = [priceAt("17:36:00"), priceAt("17:36:00", 40)];
    expect((added?.expectedUsdPerMwh ?? NaN) - (plain?.expectedUsdPerMwh ?? NaN)).toBeCloseTo(40, 9);
    expect((added?.lowerUsdPerMwh ?? NaN) - (plain?.lowerUsdPerMwh ?? NaN)).toBeCloseTo(40, 9);
    expect(added?.timeWeightedLmpUsdPerMwh).toBe(plain?.timeWeightedLmpUsdPerMwh);
  });

  it("is unknown when no run is in force at the interval's start", () => {
    expect(
      expectedIntervalPrice({ ...LIMITS, intervalStart: quarter, asOf: at("17:41:00"), runs: scarcity.slice(1) }),
    ).toBeUndefined();
    expect(
      expectedIntervalPrice({ ...LIMITS, intervalStart: quarter, asOf: at("17:41:00"), runs: [] }),
    ).toBeUndefined();
  });
});

describe("properties", () => {
  const anyRuns = fc
    .array(
      fc.record({
        offset: fc.integer({ min: -600, max: 1200 }),
        lmp: fc.double({ min: -251, max: 9000, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((runs) => runs.map(({ offset, lmp }) => ({ scedAt: addSeconds(quarter, offset), lmpUsdPerMwh: lmp })));

  it("seconds sum to 900, the expectation lies within its bounds, and no run stamped later than now is looked at", () => {
    fc.assert(
      fc.property(anyRuns, fc.integer({ min: -60, max: 900 }), (runs, elapsed) => {
        const asOf = addSeconds(quarter, elapsed);
        const price = expectedIntervalPrice({ ...LIMITS, intervalStart: quarter, asOf, runs });
        const known = runs.filter((run) => run.scedAt <= asOf);
        expect(price).toEqual(expectedIntervalPrice({ ...LIMITS, intervalStart: quarter, asOf, runs: known }));
        if (price === undefined) return;
        expect(price.parts.reduce((sum, part) => sum + part.seconds, 0)).toBe(900);
        expect(price.lowerUsdPerMwh).toBeLessThanOrEqual(price.expectedUsdPerMwh + 1e-9);
        expect(price.upperUsdPerMwh).toBeGreaterThanOrEqual(price.expectedUsdPerMwh - 1e-9);
      }),
    );
  });
});
