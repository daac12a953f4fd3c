import { describe, expect, it } from "vitest";
import { Chance } from "../../bench/support/fuzz/chance.ts";
import { fuzzed } from "../../bench/support/fuzz/fuzz.ts";
import { csvRecords, decimalOf } from "../../bench/support/fuzz/reading.ts";
import { momentOf, wallAt } from "../../bench/support/fuzz/centralClock.ts";
import { settlementPrices } from "../../src/adapters/ercot/reports/settlementPrices.ts";
import { operationsMessages } from "../../src/adapters/ercot/reports/operationsMessages.ts";
import type { Reader } from "../../bench/support/fuzz/judge.ts";

const prices = settlementPrices.read as Reader;
const messages = operationsMessages.read as Reader;

describe("the bench fuzz-market", () => {
  it("finds no value in some thousand mutated rows, documents and messages that ERCOT did not say, none lost", () => {
    const { crashes, wrongValues, examples, mutations, facts } = fuzzed(2_000, 20_261_129);
    expect({ crashes, wrongValues, examples }).toEqual({ crashes: 0, wrongValues: 0, examples: [] });
    expect(mutations).toBeGreaterThanOrEqual(2_000);
    expect(facts).toBeGreaterThan(5_000);
  });

  const PLANTED: readonly (readonly [what: string, use: string, read: Reader, found: RegExp])[] = [
    [
      "takes a cent too many",
      "ercot/np6-905",
      (...args) =>
        prices(...args).map((one) =>
          one.kind === "settlement-price" ? { ...one, priceUsdPerMwh: `${one.priceUsdPerMwh}1` } : one,
        ),
      /USD_PER_MWH is .*, and the document says/,
    ],
    ["loses its last row", "ercot/np6-905", (...args) => prices(...args).slice(0, -1), /lost: settlement-price/],
    [
      "is an hour off",
      "ercot/np6-905",
      (...args) =>
        prices(...args).map((one) =>
          one.kind === "settlement-price" && one.interval.hourEnding < 24
            ? { ...one, interval: { ...one.interval, hourEnding: one.interval.hourEnding + 1 } }
            : one,
        ),
      /the document says nothing of it/,
    ],
    [
      "leaves out a message in silence",
      "ercot/operations-messages",
      (document, hash, point) => messages(document, hash, point, () => undefined),
      /nobody was told/,
    ],
    [
      "stumbles",
      "ercot/np6-905",
      () => {
        throw new TypeError("planted");
      },
      /planted/,
    ],
  ];
  it.each(PLANTED)("sees a reader that %s", (_what, use, read, found) => {
    const { crashes, wrongValues, examples } = fuzzed(80, 7, new Map([[use, read]]), [use]);
    expect(crashes + wrongValues).toBeGreaterThan(0);
    expect(examples.join("\n")).toMatch(found);
  });

  it("does the same for a seed", () => {
    const one = (seed: number) => ({ ...fuzzed(60, seed), readMs: undefined });
    expect(one(3)).toEqual(one(3));
    expect(one(4)).not.toEqual(one(3));
    expect(new Chance(1).whole(0, 1_000_000)).toBe(new Chance(1).whole(0, 1_000_000));
  });
});

describe("its independent reading", () => {
  it("reads numbers as a person would, and nothing else", () => {
    const read = [
      "1,234.50",
      "2.5e1",
      " -0.00 ",
      "1e-3",
      "+5.",
      ".5",
      "12,5",
      "(5.00)",
      "NaN",
      "0x10",
      "",
      "-",
      "1e400",
    ];
    expect(read.map(decimalOf)).toEqual([
      "1234.5",
      "25",
      "0",
      "0.001",
      "5",
      "0.5",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      `1${"0".repeat(400)}`,
    ]);
  });

  it("reads the records of a CSV by RFC 4180", () => {
    expect(csvRecords('\ufeffa,"b ""c"", d"\r\n1,\n"2\n3",x\r')).toEqual([
      ["a", 'b "c", d'],
      ["1", ""],
      ["2\n3", "x"],
    ]);
    expect(csvRecords('a,"b')).toBeUndefined();
  });

  it("knows Central time by the platform's zone data", () => {
    const first = Date.parse("2026-11-01T06:30:00Z");
    expect(wallAt(first)).toEqual({ day: "2026-11-01", time: "01:30:00", isSecond: false });
    expect(wallAt(first + 3_600_000)).toEqual({ day: "2026-11-01", time: "01:30:00", isSecond: true });
    expect(momentOf("2026-11-01", 90 * 60_000, false)).toBe(first);
    expect(momentOf("2026-11-01", 90 * 60_000, true)).toBe(first + 3_600_000);
    expect(momentOf("2026-03-08", 150 * 60_000, false)).toBeUndefined();
    expect(momentOf("2026-08-18", 0, true)).toBeUndefined();
  });
});
