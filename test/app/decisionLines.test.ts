import { describe, expect, it } from "vitest";
import { decisionLines } from "../../src/app/operator/decisionLines.ts";
import { decide } from "../../src/domain/decision/decide.ts";
import type { OperatorOrder } from "../../src/domain/inputs/orders.ts";
import type { DecisionInput, DecisionRecord, SitePlan } from "../../src/domain/decision/model.ts";
import { all, at, cohort, type InputChanges, inputAt, site } from "../domain/decision/site.ts";

const plan = site({
  cohorts: [cohort({ minOffMinutes: 15 }), cohort({ cohortId: "b", model: "S21" })],
  gridSource: "feed",
});
const OFF: DecisionInput["cohorts"] = [
  { cohortId: "a", split: all("off"), reason: "operator-order", since: at("18:26:00"), leftSplit: all("normal") },
  { cohortId: "b", split: all("off"), reason: "operator-order" },
];
const LINE_WORK: OperatorOrder = {
  orderId: "o-12",
  actor: "maria",
  reason: "line work",
  action: "curtail",
  from: at("18:00:00"),
  until: at("19:20:00"),
};

/** A decision of 18:35, everything off, a price of $20 that wants everything on, unless told otherwise. */
function lines(
  over: InputChanges = {},
  { usdPerMwh = 20, orderId = undefined as string | undefined, of = plan } = {},
): string[] {
  const known = { grid: { level: "normal", assumed: false } as const, cohorts: OFF };
  const input = inputAt(of, usdPerMwh, { ...known, ...over });
  return decisionLines(of, { input, output: decide(of as SitePlan, input) } as DecisionRecord, orderId);
}

describe("a release at 18:35 of an order that took everything off at 18:26", () => {
  it("says of each cohort whether it comes back now, and of the one that does not why and how long", () => {
    expect(lines()).toEqual([
      "a: S19j Pro to stay off until 18:41:00: expected settlement price 20.00 $/MWh for 18:30-18:45 is below 67.50 (0.90 × strike 75.00), held by the minimum off time of 15 min. It may move at 18:41:00 Central (in 6 min).",
      "b: S21 to go to normal: expected settlement price 20.00 $/MWh for 18:30-18:45 is below 67.50 (0.90 × strike 75.00).",
      expect.stringMatching(
        /^The site looks again at 18:\d\d:\d\d Central \(in \d+ min\), sooner if something comes\.$/,
      ),
    ]);
  });

  it.each([
    ["a price above breakeven", {}, 200, "It goes up once the price is below its threshold, or it is ordered to run."],
    [
      "a silent price",
      { silentFeeds: ["sced-lmp"] as const },
      20,
      "It waits until that is current again, or it is ordered to run.",
    ],
    ["an EEA", { grid: { level: "eea2", assumed: false } as const }, 20, "It waits until ERCOT ends that level."],
    [
      "an instruction",
      {
        instructions: [{ instructionId: "vdi-7", issuer: "QSE", action: "curtail", from: at("18:00:00") }] as const,
      },
      20,
      "It waits until the instruction ends or is recalled.",
    ],
    [
      "another order",
      { orders: [LINE_WORK] },
      20,
      "It waits until that order ends at 19:20:00 Central (in 45 min), or is released.",
    ],
  ])("says under %s what it waits for", (_what, over, usdPerMwh, next) => {
    const [, b] = lines(over, { usdPerMwh });
    expect(b).toMatch(/^b: S21 to stay off: /);
    expect(b?.endsWith(next)).toBe(true);
  });
});

describe("an order to run everything", () => {
  const run: OperatorOrder = { ...LINE_WORK, action: "run" };

  it("that is followed needs no word but when the site looks again", () => {
    expect(lines({ orders: [run] }, { orderId: "o-12" })).toEqual([expect.stringContaining("The site looks again")]);
  });

  it("that the EEA policy stands above says so of each cohort", () => {
    expect(lines({ orders: [run], grid: { level: "eea2", assumed: false } }, { orderId: "o-12" })).toEqual([
      expect.stringMatching(/^a: S19j Pro to stay off: grid level EEA2, .*\. It waits until ERCOT ends that level\.$/),
      expect.stringMatching(/^b: S21 to stay off: grid level EEA2, /),
      expect.stringContaining("The site looks again"),
    ]);
  });

  it("that meets a frozen cohort, or a site that only advises, says that no command goes out", () => {
    const frozen = lines({ orders: [run], frozenCohorts: ["a"] }, { orderId: "o-12" });
    expect(frozen).toHaveLength(2);
    expect(frozen[0]).toMatch(/^a: .* No command goes to it: it is frozen\.$/);
    const advised = lines({ orders: [run] }, { orderId: "o-12", of: { ...plan, control: "advise" } });
    expect(advised.filter((line) => line.endsWith("No command goes to it: control is advise."))).toHaveLength(2);
  });

  it("of one cohort is silent on the others", () => {
    const one = { ...run, cohortIds: ["a"] };
    expect(lines({ orders: [one] }, { orderId: "o-12" })).toHaveLength(1);
  });
});
