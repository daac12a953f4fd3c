import { expect, it } from "vitest";
import { HEADING, lineStart, quarterHourText, reasonTexts, verdictLine } from "../../src/app/session/runLines.ts";
import { decide } from "../../src/domain/decision/decide.ts";
import type { CohortDecision, DecisionRecord } from "../../src/domain/decision/model.ts";
import type { Split } from "../../src/domain/decision/split.ts";
import type { MeterNow } from "../../src/ports/siteRecords.ts";
import { at, cohort, inputAt, site } from "../domain/decision/site.ts";

const plan = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });
const off: Split = [{ modeId: "off", machines: 10 }];
const normal: Split = [{ modeId: "normal", machines: 10 }];
const parts: Split = [
  { modeId: "off", machines: 3 },
  { modeId: "normal", machines: 7 },
];
const record = (over: Parameters<typeof inputAt>[2] = {}): DecisionRecord => {
  const input = inputAt(plan, 200, over);
  return { input, output: decide(plan, input) } as DecisionRecord;
};

it("a line begins with time, price and grid level; a level that nobody reads has a star", () => {
  expect(lineStart(record({ grid: { level: "normal", assumed: true } }))).toBe("18:35    200.00 $/MWh  normal*");
  expect(lineStart(record({ grid: { level: "normal", assumed: false } }))).toBe("18:35    200.00 $/MWh  normal ");
});

it.each<[MeterNow | undefined, string]>([
  [{ readAt: at("18:30:01"), powerKw: 943.2900000000001, quality: "metered" }, "  943.3 kW at 18:30"],
  [{ readAt: at("18:30:01"), powerKw: 943.29, quality: "stale" }, "frozen at 18:30    "],
  [{ readAt: at("18:30:01"), quality: "missing" }, "no reading at 18:30"],
  [undefined, "no reading yet     "],
])("the meter %j beside the modes that were ordered while it showed that: %s", (meter, text) => {
  // At 200 $/MWh this very decision orders everything off: its own line says so.
  expect(record().output.cohorts.map(({ split }) => split[0]?.modeId)).toEqual(["off", "off"]);
  expect(quarterHourText(record(), meter)).toBe(`${text}  all normal`);
});

it.each<[string, Record<string, Split>]>([
  ["all off", { a: off, b: off, c: off }],
  ["a off, others normal", { a: off, b: normal, c: normal }],
  ["c 3 off + 7 normal, others off", { a: off, b: off, c: parts }],
  ["a off, b normal, c 3 off + 7 normal", { a: off, b: normal, c: parts }],
  ["a off, b normal", { a: off, b: normal }],
])("of several cohorts what most hold is said once: %s", (text, splits) => {
  const cohorts = Object.entries(splits).map(([cohortId, fromSplit]) => ({ cohortId, fromSplit }));
  expect(quarterHourText({ output: { cohorts } } as unknown as DecisionRecord, undefined)).toBe(
    `no reading yet       ${text}`,
  );
});

it("a quarter hour of a site of a book fits 80 columns", () => {
  const meter = { readAt: at("18:30:01"), powerKw: 1234.5, quality: "metered" } as const;
  const line = `pecan-draw  ${lineStart(record())}  ${quarterHourText(record(), meter)}`;
  expect(line).toBe("pecan-draw  18:35    200.00 $/MWh  normal*  1,234.5 kW at 18:30  all normal");
  expect(HEADING.indexOf("site meter") + "pecan-draw  ".length).toBe(line.indexOf("1,234.5"));
  expect(HEADING.indexOf("ordered") + "pecan-draw  ".length).toBe(line.indexOf("all normal"));
});

it("cohorts that stay as they are for another reason than before share a line", () => {
  const stayed = (cohortId: string, split: Split, before: string, reason: string) => ({
    cohort: { cohortId, split, reason } as CohortDecision,
    before,
  });
  expect(
    reasonTexts([
      stayed("a", off, "economic", "eea-policy"),
      stayed("b", parts, "economic", "eea-policy"),
      stayed("c", off, "economic", "eea-policy"),
    ]),
  ).toEqual(["a, c to stay off: economic → eea-policy", "b to stay 3 off, 7 normal: economic → eea-policy"]);
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

it("a verdict that nobody could make is marked as a question, not as an alarm", () => {
  const verdict = { revision: 3, outcome: "unknown", sentence: "−71.6 kW expected", closedAt: at("18:36:10") };
  expect(verdictLine(verdict)).toMatch(/^18:36 +\? meter: −71\.6 kW expected$/);
});
