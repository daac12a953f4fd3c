import { describe, expect, it } from "vitest";
import { replayedPointType } from "../../src/app/session/replayedPrices.ts";
import type { PriceDay } from "../../src/simulators/ercot/priceDay.ts";

const DAY = "2024-08-20";
/** Midnight of the day, Central daylight time. */
const MIDNIGHT_MS = Date.parse("2024-08-20T05:00:00Z");
const HUB = { settlementPoint: "HB_HOUSTON", settlementPointType: "HU" };

/** The 96 intervals of a day in August with a price of each type given. */
function dayOf(
  types: readonly string[],
  point: string,
  price: (i: number) => string | undefined = () => "25.10",
): PriceDay {
  const intervals = Array.from({ length: 96 }, (_, i) => ({
    startMs: MIDNIGHT_MS + i * 900_000,
    day: DAY,
    hourEnding: Math.floor(i / 4) + 1,
    interval: (i % 4) + 1,
    repeated: false,
    prices: types.flatMap((type) => {
      const text = price(i);
      return text === undefined ? [] : [{ point, type, price: text }];
    }),
  }));
  return { days: [DAY], runs: [], intervals, corrections: [], conditions: [] };
}

const typeOf = (day: PriceDay, settlementPoint: string, askedType?: string) =>
  replayedPointType(day, { operatingDay: DAY, settlementPoint, askedType, configured: HUB });

describe("the type under which a published day is replayed", () => {
  it("is the configuration's at the configuration's own point", () => {
    expect(typeOf(dayOf(["HU"], "HB_HOUSTON"), "HB_HOUSTON")).toBe("HU");
  });

  it("follows the point elsewhere: a zone is not replayed as the hub of the configuration", () => {
    expect(typeOf(dayOf(["LZ"], "LZ_WEST"), "LZ_WEST")).toBe("LZ");
  });

  it("is asked for where the day has two prices, and then taken", () => {
    const both = dayOf(["LZ", "LZEW"], "LZ_WEST");
    expect(() => typeOf(both, "LZ_WEST")).toThrow(
      "LZ_WEST has settlement prices of the types LZ and LZEW on 2024-08-20; say which with --point-type",
    );
    expect(typeOf(both, "LZ_WEST", "LZEW")).toBe("LZEW");
  });

  it("is refused where no price is of it, in settlement's own words, with the type that the prices have", () => {
    expect(() => typeOf(dayOf(["HU"], "HB_HOUSTON"), "HB_HOUSTON", "LZ")).toThrow(
      "96 intervals without settlement price of HB_HOUSTON (LZ) in whole cents; first 2024-08-20/1/1; the prices of that " +
        "day are of type HU: give --point-type HU",
    );
  });
});

describe("a published day that could not be settled", () => {
  it("is refused for one interval without a price, named", () => {
    const gap = dayOf(["HU"], "HB_HOUSTON", (i) => (i === 54 ? undefined : "25.10"));
    expect(() => typeOf(gap, "HB_HOUSTON")).toThrow(
      "1 interval without settlement price of HB_HOUSTON (HU) in whole cents; first 2024-08-20/14/3; expected one for " +
        "each of the 96 intervals of 2024-08-20, or the day cannot be settled",
    );
  });

  it("is refused for a price of a tenth of a cent", () => {
    const odd = dayOf(["HU"], "HB_HOUSTON", (i) => (i === 0 ? "25.105" : "25.100"));
    expect(() => typeOf(odd, "HB_HOUSTON")).toThrow("1 interval without settlement price of HB_HOUSTON (HU) in whole");
  });
});
