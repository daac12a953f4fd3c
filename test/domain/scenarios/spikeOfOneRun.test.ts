import { describe, expect, it } from "vitest";
import { splitText } from "../../../src/domain/decision/split.ts";
import { clockOf, hashprice, scedLmp, site, TestSite } from "../decision/site.ts";

/** One SCED run of 4,673.27 $/MWh that is in force for 299 s; what the screen shows before and after is below 50. */
const RUNS: readonly (readonly [time: string, lmp: number])[] = [
  ["18:25:10", 30],
  ["18:30:10", 4_673.27],
  ["18:35:09", 45.9],
  ["18:37:24", 43.53],
  ["18:40:10", 42.11],
  ["18:45:10", 40],
  ["18:50:10", 38],
];

/** The site, strike 75 $/MWh, told each run a minute after it. */
function evening(): TestSite {
  const one = new TestSite(site());
  one.take(hashprice("18:00:00"));
  for (const [time, lmp] of RUNS) one.take(scedLmp(time, lmp));
  return one;
}

/** When the site decided, on which expected price, and how its machines are to be. */
const decisions = evening().records.map(({ input, output }) => ({
  at: clockOf(input.asOf) as string,
  expected: output.expectedPrice?.expectedUsdPerMwh,
  is: output.cohorts.map(({ split }) => splitText(split)).join(),
}));
const decidedAt = (time: string) => decisions.find(({ at }) => at === time);

describe("a spike of one SCED run", () => {
  it("has the machines off within the minute of its publication", () => {
    expect(decidedAt("18:26:10")?.is).toBe("normal");
    expect(decidedAt("18:31:10")).toMatchObject({ is: "off" });
    expect(decidedAt("18:31:10")?.expected).toBeCloseTo((30 * 10 + 4_673.27 * 890) / 900, 6);
  });

  it("keeps them off to the end of its quarter hour, though the screen shows 42.11: the quarter settles at 1,581.38", () => {
    for (const time of ["18:36:09", "18:38:24", "18:41:10"]) expect(decidedAt(time)?.is).toBe("off");
    const dollarSeconds = 30 * 10 + 4_673.27 * 299 + 45.9 * 135 + 43.53 * 166 + 42.11 * 290;
    expect(decidedAt("18:41:10")?.expected).toBeCloseTo(dollarSeconds / 900, 6);
    expect(decidedAt("18:41:10")?.expected?.toFixed(2)).toBe("1581.38");
  });

  it("is over with the quarter hour: the next one, at 40, has every machine back, once", () => {
    expect(decidedAt("18:46:10")).toMatchObject({ is: "normal" });
    expect(decisions.map(({ is }) => is).filter((is, i, all) => is !== all[i - 1])).toEqual([
      "normal",
      "off",
      "normal",
    ]);
  });
});
