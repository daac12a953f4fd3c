import { describe, expect, it } from "vitest";
import type { DecisionRecord } from "../../../src/domain/decision/model.ts";
import { planAhead } from "../../../src/domain/decision/planAhead.ts";
import { planDeviations } from "../../../src/domain/decision/planDeviations.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { at, clockOf, cohortOfStrike, hashprice, scedLmp, site, TestSite } from "./site.ts";

/** Strike 75: off above 93.75, on below 67.50. */
const PLAN = site({ cohorts: [cohortOfStrike("a", "S19", 75)] });

/** Planned at 18:46 with 100 $/MWh foreseen from 19:00 on; then what is `said`, and a run of 20:00 that ends it. */
function deviations(
  said: readonly SiteInput[],
  change?: (of: TestSite) => void,
  { plan: before = PLAN, foreseen = [50, 100, 50] } = {},
): unknown[][] {
  const of = new TestSite(before);
  of.take(hashprice("18:00:00"));
  of.state = { ...of.state, dayAheadPrice: [{ startsAt: at("18:00:00"), usdPerMwh: foreseen }] };
  of.take(scedLmp("18:45:00", 40));
  const plan = planAhead(before, of.records.at(-1) as DecisionRecord, at("20:00:00"));
  const first = of.records.length;
  change?.(of);
  for (const one of said) of.take(one);
  of.take(scedLmp("20:00:10", 50));
  return planDeviations(plan, of.records.slice(first)).map(({ until, planned, did, cause }) => [
    clockOf(until),
    splitText(planned),
    splitText(did),
    cause,
  ]);
}

const run = (time: string, usd: number): SiteInput => scedLmp(time, usd, 0);

describe("what a site did otherwise than planned", () => {
  it("is nothing where the prices came as foreseen", () => {
    expect(deviations([run("19:00:00", 100)])).toEqual([]);
  });

  it("is the price's doing where it came lower", () => {
    const price = { kind: "price", foreseen: 100, expected: 60 };
    expect(deviations([run("19:00:00", 60)])[0]).toEqual(["19:15:00", "off", "normal", price]);
  });

  it("is a hold's doing where a spike that nobody foresaw took it down and the price is back", () => {
    const held = site({ cohorts: [{ ...cohortOfStrike("a", "S19", 75), minOffMinutes: 30 }] });
    const spike = [run("18:50:00", 400), run("19:00:00", 60), run("19:20:05", 60)];
    const found = deviations(spike, undefined, { plan: held, foreseen: [50, 60, 60] });
    expect(found.map(([until, , did, cause]) => [until, did, cause])).toEqual([
      ["19:00:00", "off", { kind: "price", foreseen: 40, expected: 280 }],
      ["19:15:00", "off", { kind: "hold", until: at("19:20:00") }],
    ]);
  });

  it("is a rule's doing where an instruction came that nobody foresaw", () => {
    const said = { kind: "instruction" as const, id: "i", at: at("18:50:00") };
    const instruction = { instructionId: "v", issuer: "QSE", action: "curtail" as const, from: at("18:50:00") };
    expect(deviations([{ ...said, instruction } as SiteInput, run("19:00:00", 100)])[0]).toEqual([
      "19:00:00",
      "normal",
      "off",
      { kind: "rule", reason: "instruction" },
    ]);
  });

  it("is the recall's doing where an instruction that was known does not come", () => {
    const due = { instructionId: "v", issuer: "QSE", action: "curtail" as const, from: at("18:50:00") };
    const of = new TestSite(PLAN);
    of.take(hashprice("18:00:00"));
    of.take(scedLmp("18:44:00", 40));
    of.take({ kind: "instruction", id: "i", at: at("18:46:00"), instruction: due });
    const plan = planAhead(PLAN, of.records.at(-1) as DecisionRecord, at("19:00:00"));
    const before = of.records.length;
    of.take({ kind: "recall", id: "r", at: at("18:48:00"), instructionId: "v", issuer: "QSE" });
    of.take(run("19:00:10", 40));
    expect(planDeviations(plan, of.records.slice(before)).map(({ did, cause }) => [splitText(did), cause])).toEqual([
      ["normal", { kind: "rule-gone", reason: "instruction" }],
    ]);
  });

  it("is the strike's doing where the hashprice rose", () => {
    const richer = { ...hashprice("18:55:00", 108), asOf: at("18:55:00") };
    const found = deviations([richer, run("19:00:00", 100)])[0];
    expect(found).toEqual(["19:15:00", "off", "normal", { kind: "strike", planned: 75, was: 150 }]);
  });

  it("is the machines' doing where a part of them cannot run", () => {
    const able = { cohorts: [{ cohortId: "a", machines: 60 }], observedAt: at("18:50:00") };
    const survey = { kind: "fleet-able", id: "s", at: at("18:50:00"), ...able } as SiteInput;
    expect(deviations([survey, run("18:55:00", 40), run("19:00:00", 100)])).toEqual([
      ["19:00:00", "normal", "normal", { kind: "able", planned: 100, were: 60 }],
    ]);
  });

  it("is the configuration's doing where that changed the threshold and nothing else did", () => {
    const found = deviations([run("19:00:00", 100)], (of) => {
      of.planHash = "other";
      of.plan = { ...PLAN, economic: { ...PLAN.economic, offFactor: 1.5 } };
    });
    expect(found).toHaveLength(4);
    expect(found[0]).toEqual(["19:15:00", "off", "normal", { kind: "configuration" }]);
  });
});
