import { describe, expect, it } from "vitest";
import { dayInput } from "../../../src/domain/settlement/dayInput.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";

const DAY = "2026-08-18";
const price = (priceUsdPerMwh: string) => ({ priceUsdPerMwh, version: 1, contentHash: "ab" });
const input = dayInput({
  siteId: "pecan-draw",
  operatingDay: DAY,
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  version: 1,
  kind: "shadow",
  contracts: [],
  supply: { blocks: [], adders: [] },
  meters: [{ meterId: "site-main", rolloverWh: 10n ** 12n }],
  prices: new Map([
    [`${DAY}/2/1`, price("25.120")],
    [`${DAY}/2/2`, price("25.123")],
  ]),
  registers: new Map(),
  timeline: [],
});
const pricesOf = (key: string) => settle(input).missing.filter(({ intervalKey }) => intervalKey === key)[0];

describe("what a day is settled from", () => {
  it("holds 25.12 $/MWh as 2512 cents, whatever zeros stand behind it", () => {
    expect(input.intervals[4]?.price).toEqual({ centsPerMwh: "2512", version: 1, contentHash: "ab" });
  });

  it("misses a price in fractions of a cent with its reason, and the day goes on", () => {
    expect(input.intervals[5]?.price).toBeUndefined();
    expect(pricesOf(`${DAY}/2/2`)).toEqual({
      intervalKey: `${DAY}/2/2`,
      what: "settlement price of HB_WEST (HU)",
      why: '"25.123" (version 1) is no whole number of cents per MWh',
    });
    expect(pricesOf(`${DAY}/2/3`)).toEqual({ intervalKey: `${DAY}/2/3`, what: "settlement price of HB_WEST (HU)" });
  });
});
