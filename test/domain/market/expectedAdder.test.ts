import { describe, expect, it } from "vitest";
import { intervalStart, parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { settledAdder } from "../../../src/domain/market/settledAdder.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { dataDir, needsData, recordedPrices, recordedRuns } from "../ercotPrices.ts";

const interval = parseIntervalKey("2024-08-20/21/2");
const start = intervalStart(interval);
const run = (second: number, lmpUsdPerMwh: number) => ({ scedAt: addSeconds(start, second), lmpUsdPerMwh });
const flat = [run(-10, 30), run(290, 30), run(590, 30), run(890, 120), run(905, 50)];

describe("adder of a settled interval", () => {
  it("is what the settlement price has above the time-weighted LMP: 31.00 + 12.50", () => {
    expect(settledAdder({ interval, runs: flat, priceUsdPerMwh: 43.5 })).toBeCloseTo(12.5, 9);
  });

  it.each([31.02, 30.98, 31])("is none when the difference is rounding: %d", (price) => {
    expect(settledAdder({ interval, runs: flat, priceUsdPerMwh: price })).toBe(0);
  });

  it("is unknown before the interval's first and last run are known", () => {
    expect(settledAdder({ interval, runs: flat.slice(0, 4), priceUsdPerMwh: 43.5 })).toBeUndefined();
    expect(settledAdder({ interval, runs: flat.slice(1), priceUsdPerMwh: 43.5 })).toBeUndefined();
  });

  it.each([0, 1, 2, 3])("is unknown while run %d of the interval is missing, at its edges too", (missing) => {
    const runs = [...flat.slice(0, 4), run(1190, 50)].filter((_, i) => i !== missing);
    expect(settledAdder({ interval, runs, priceUsdPerMwh: 43.5 })).toBeUndefined();
  });

  it("takes runs 330 s apart for neighbors, and none further apart", () => {
    const apart = (seconds: number) => [0, 1, 2, 3].map((i) => run(i * seconds, 30));
    expect(settledAdder({ interval, runs: apart(330), priceUsdPerMwh: 43.5 })).toBeCloseTo(13.5, 9);
    expect(settledAdder({ interval, runs: apart(331), priceUsdPerMwh: 43.5 })).toBeUndefined();
  });

  it("is no phantom of 1,512 $/MWh at HB_WEST on 2024-12-14 17:30 when the run of 17:30:10 did not arrive", () => {
    const evening = parseIntervalKey("2024-12-14/18/3");
    const runs = (
      [
        [-290, 121.62],
        [10, 4673.27],
        [309, 145.9],
        [444, 93.53],
        [610, 62.11],
        [910, 60],
      ] as const
    ).map(([second, lmpUsdPerMwh]) => ({ scedAt: addSeconds(intervalStart(evening), second), lmpUsdPerMwh }));
    const adder = (known: typeof runs) => settledAdder({ interval: evening, runs: known, priceUsdPerMwh: 1613.07 });
    expect(adder(runs)).toBe(0);
    expect(adder(runs.filter((_, i) => i !== 1))).toBeUndefined();
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
