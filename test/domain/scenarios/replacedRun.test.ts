import { describe, expect, it } from "vitest";
import { splitText } from "../../../src/domain/decision/split.ts";
import { clockOf, hashprice, scedLmp, site, TestSite } from "../decision/site.ts";

/** 0.1 MW, 33 machines of 3 kW, is what one SCED run alone may move for price. */
const plan = site({ singleSourceMwMax: 0.1 });

/** The site at strike 75 $/MWh, all machines on, its last run of 31 $/MWh in force. */
function quiet(): TestSite {
  const one = new TestSite(plan);
  one.take(hashprice("18:00:00"));
  one.take(scedLmp("18:20:10", 31));
  one.take(scedLmp("18:25:10", 31));
  return one;
}

const wrong = scedLmp("18:30:10", 480);
const right = scedLmp("18:30:14", 38);
/** Each decision after 18:30: when, on which expected price, and the machines' modes. */
const after = ({ records }: TestSite): string[] =>
  records
    .map(({ input, output }) =>
      [
        clockOf(input.asOf),
        output.expectedPrice?.expectedUsdPerMwh.toFixed(2),
        ...output.cohorts.map(({ split }) => splitText(split)),
      ].join(" "),
    )
    .filter((line) => line > "18:30");

describe("a SCED run of 480 $/MWh that ERCOT replaces four seconds later by one of 38", () => {
  it("moves no more than one run may, and four seconds later nothing: 4 s of 900 count at 480", () => {
    const one = quiet();
    one.take(wrong);
    one.take(right);
    expect(after(one)).toEqual(["18:31:10 475.01 33 off, 67 normal", "18:31:14 39.89 normal"]);
    expect(one.records.at(-1)?.output.expectedPrice?.parts.map(({ seconds }) => seconds)).toEqual([10, 4, 886]);
  });

  it("moves nothing where both are read together: the site decides on the newer alone", () => {
    const one = quiet();
    one.take({ ...wrong, at: right.at, newerFollows: true });
    one.take(right);
    expect(after(one)).toEqual(["18:31:14 39.89 normal"]);
  });

  it("moves nothing where the replaced one is read last: it stands in its own four seconds", () => {
    const one = quiet();
    one.take(right);
    one.take({ ...wrong, at: right.at });
    expect(after(one).at(-1)).toBe("18:31:14 39.89 normal");
  });
});
