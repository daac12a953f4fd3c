import { describe, expect, it } from "vitest";
import { intervalStart, parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { settledAdder } from "../../../src/domain/market/settledAdder.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { dataDir, needsData, recordedPrices, recordedRuns } from "../ercotPrices.ts";

const interval = parseIntervalKey("2024-08-20/21/2");
const start = intervalStart(interval);
const flat = [
  { scedAt: addSeconds(start, -10), lmpUsdPerMwh: 30 },
  { scedAt: addSeconds(start, 890), lmpUsdPerMwh: 120 },
  { scedAt: addSeconds(start, 905), lmpUsdPerMwh: 50 },
];

describe("adder of a settled interval", () => {
  it("is what the settlement price has above the time-weighted LMP: 31.00 + 12.50", () => {
    expect(settledAdder({ interval, runs: flat, priceUsdPerMwh: 43.5 })).toBeCloseTo(12.5, 9);
  });

  it.each([31.02, 30.98, 31])("is none when the difference is rounding: %d", (price) => {
    expect(settledAdder({ interval, runs: flat, priceUsdPerMwh: price })).toBe(0);
  });

  it("is unknown while a run may be missing", () => {
    expect(settledAdder({ interval, runs: flat.slice(0, 2), priceUsdPerMwh: 43.5 })).toBeUndefined();
    expect(settledAdder({ interval, runs: flat.slice(1), priceUsdPerMwh: 43.5 })).toBeUndefined();
  });
});

describe.skipIf(dataDir === undefined)(`adders of the evening of 2024-08-20 at HB_HOUSTON${needsData}`, () => {
  it.each([
    ["2024-08-20/21/2", 717.18, 2],
    ["2024-08-20/21/3", -446.23, 2],
  ])("%s: %d $/MWh", (key, adder, digits) => {
    const price = recordedPrices("2024-08-20").get(key) ?? NaN;
    expect(
      settledAdder({
        interval: parseIntervalKey(key),
        runs: recordedRuns("HB_HOUSTON", "2024-08-20"),
        priceUsdPerMwh: price,
      }),
    ).toBeCloseTo(adder, digits);
  });
});
