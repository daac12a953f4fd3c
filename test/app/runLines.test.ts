import { expect, it } from "vitest";
import { lineStart, quarterHourText, verdictLine } from "../../src/app/session/runLines.ts";
import { decide } from "../../src/domain/decision/decide.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { MeterNow } from "../../src/ports/siteRecords.ts";
import { at, cohort, inputAt, site } from "../domain/decision/site.ts";

const plan = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });
const record = (over: Parameters<typeof inputAt>[2] = {}): DecisionRecord => {
  const input = inputAt(plan, 200, over);
  return { input, output: decide(plan, input) } as DecisionRecord;
};

it("a line begins with time, price and grid level; a level that nobody reads has a star", () => {
  expect(lineStart(record({ grid: { level: "normal", assumed: true } }))).toBe("18:35    200.00 $/MWh  normal*");
  expect(lineStart(record({ grid: { level: "normal", assumed: false } }))).toBe("18:35    200.00 $/MWh  normal ");
});

it.each<[MeterNow | undefined, string]>([
  [
    { readAt: at("18:30:01"), powerKw: 943.2900000000001, quality: "metered" },
    "    943.3 kW at the site meter at 18:30",
  ],
  [{ readAt: at("18:30:01"), powerKw: 943.29, quality: "stale" }, "site meter frozen at 18:30"],
  [{ readAt: at("18:30:01"), quality: "missing" }, "no usable reading of the site meter at 18:30"],
  [undefined, "no reading of the site meter yet"],
])("the meter %j beside modes that are ordered, not reached: %s", (meter, text) => {
  expect(quarterHourText(record(), meter)).toBe(`${text}  (ordered: all off)`);
});

it("a revision that was overtaken is none of the meter's words", () => {
  const verdict = { revision: 3, sentence: "A newer revision took over.", closedAt: at("18:36:10") };
  expect(verdictLine({ ...verdict, outcome: "superseded" })).toMatch(
    /^18:36 +· revision 3 was overtaken before the meter judged it$/,
  );
  expect(verdictLine({ ...verdict, outcome: "short", sentence: "−5.0 kW expected" })).toMatch(
    /^18:36 +! meter: −5\.0 kW expected$/,
  );
});
