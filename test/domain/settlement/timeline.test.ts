import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { changedCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timeline.ts";
import { at, cohort, inputAt, site } from "../decision/site.ts";

/** 3,000 W by the machine, 3,120 W at the wall; asleep 20 W, 20.8 at the wall. */
const plan = site({
  pue: 1.04,
  cohorts: [
    cohort({
      modes: [
        { modeId: "off", hashrateThs: 0, powerW: 20 },
        { modeId: "415MHz", hashrateThs: 70, powerW: 1500, profile: "415MHz" },
        { modeId: "normal", hashrateThs: 100, powerW: 3000, profile: "default" },
      ],
    }),
  ],
});

/** The site's decisions at one price after another, each with its timeline's lines when `able` machines run. */
function lines(sitePlan: SitePlan, steps: readonly { time: string; lmp: number; able: number }[]): TimelineChange[] {
  let state = initialSiteState(sitePlan);
  const timeline: TimelineChange[] = [];
  for (const { time, lmp, able } of steps) {
    const input = inputAt(sitePlan, lmp, { asOf: at(time), cohorts: state.cohorts });
    const record: DecisionRecord = nextRecord({
      plan: sitePlan,
      planHash: "plan",
      state,
      input,
      output: decide(sitePlan, input),
      ruleSet: RULE_SET,
    });
    state = adopt(sitePlan, state, record, `hash-${record.sequence}`);
    for (const changed of changedCohorts(sitePlan, record, timeline.slice(-1)))
      timeline.push(timelineChange(sitePlan, record, changed, changed.countsMachines ? able : undefined));
  }
  return timeline;
}

describe("the timeline that settlement reads", () => {
  it("counts the machines while they run and keeps that count as the baseline until the cohort is back at normal", () => {
    const told = lines(plan, [
      { time: "18:31:00", lmp: 20, able: 98 },
      { time: "18:32:00", lmp: 20, able: 97 },
      { time: "18:33:00", lmp: 75, able: 96 },
      { time: "18:34:00", lmp: 500, able: 40 },
      { time: "18:35:00", lmp: 20, able: 40 },
      { time: "18:36:00", lmp: 500, able: 95 },
    ]);
    expect(told.map((line) => `${line.sequence} ${line.modeId} ${line.ableToRun} ${line.modePowerW}`)).toEqual([
      "1 normal 98 3120",
      "3 415MHz 96 1560",
      "4 off 96 21",
      "5 normal 96 3120",
      "6 off 95 21",
    ]);
    expect(new Set(told.map((line) => line.normalPowerW))).toEqual(new Set([3120]));
  });

  it("a cohort under advice stays at the mode it has: what it should do is not what was curtailed", () => {
    const advised = site({ ...plan, control: "advise" });
    const told = lines(advised, [
      { time: "18:31:00", lmp: 20, able: 98 },
      { time: "18:33:00", lmp: 500, able: 98 },
    ]);
    expect(told.map((line) => `${line.sequence} ${line.modeId} ${line.modePowerW}`)).toEqual(["1 normal 3120"]);
  });

  it("asks for a count where one is needed, rather than taking none for zero machines", () => {
    const input = inputAt(plan, 20);
    const state = initialSiteState(plan);
    const output = decide(plan, input);
    const record = nextRecord({ plan, planHash: "plan", state, input, output, ruleSet: RULE_SET });
    const [first] = changedCohorts(plan, record, []);
    expect(() => timelineChange(plan, record, first!, undefined)).toThrow(/needs a count of the machines/);
    expect(() => changedCohorts({ ...plan, cohorts: [] }, record, [])).toThrow(/names cohort a .* does not have/);
  });
});
