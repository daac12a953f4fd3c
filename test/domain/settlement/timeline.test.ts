import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timeline.ts";
import { at, cohort, inputAt, site } from "../decision/site.ts";

/** 3,000 W by the machine, 3,120 W with the site's cooling; asleep 20 W, 20.8 with it. */
const plan = site({
  pue: 1.04,
  cohorts: [
    cohort({
      modes: [
        { modeId: "off", hashrateThs: 0, powerW: 20, setpoint: { kind: "off" } },
        { modeId: "415MHz", hashrateThs: 70, powerW: 1500, setpoint: { kind: "profile", profile: "415MHz" } },
        { modeId: "normal", hashrateThs: 100, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
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

describe("a configuration that is applied amid a day changes the timeline with its first decision", () => {
  const [hall] = plan.cohorts;
  const line: TimelineChange = {
    cohortId: "a",
    clientId: hall!.clientId,
    sequence: 7,
    at: at("18:00:00"),
    modeId: "off",
    reason: "economic",
    ableToRun: 96,
    normalPowerW: 3120,
    modePowerW: 21,
  };
  /** What the first decision by a plan adds to a timeline that ends with `before`, at a price that keeps `before`. */
  const added = (next: SitePlan, before: TimelineChange, able = 50): TimelineChange[] => {
    const cohorts = next.cohorts.map(({ cohortId }) => ({
      cohortId,
      modeId: cohortId === "a" ? before.modeId : "normal",
      reason: "economic" as const,
    }));
    const input = inputAt(next, before.modeId === "off" ? 500 : 20, { asOf: at("18:31:00"), cohorts });
    const state = { ...initialSiteState(next), cohorts };
    const output = decide(next, input);
    const record = nextRecord({ plan: next, planHash: "next", state, input, output, ruleSet: RULE_SET });
    return [
      ...leftCohorts(next, record, [before]),
      ...changedCohorts(next, record, [before]).map((one) =>
        timelineChange(next, record, one, one.countsMachines ? able : undefined),
      ),
    ];
  };
  const changed = (change: object): SitePlan => ({ ...plan, cohorts: [{ ...hall!, ...change }] });

  it("not at all where neither client, powers nor machines differ", () => {
    expect(added({ ...plan, siteId: plan.siteId }, line)).toEqual([]);
  });

  it("by the new client's name: who owns the machines is paid for them", () => {
    expect(added(changed({ clientId: "dogwood" }), line)).toMatchObject([{ clientId: "dogwood", ableToRun: 96 }]);
  });

  it("by the machines that are left: 60 machines that were carried away are not paid as curtailed", () => {
    expect(added(changed({ machines: 36 }), line)).toMatchObject([{ modeId: "off", ableToRun: 36 }]);
  });

  it("by the new power at the wall, while the cohort stays off", () => {
    expect(added({ ...plan, pue: 1.1 }, line)).toMatchObject([{ normalPowerW: 3300, modePowerW: 22, ableToRun: 96 }]);
  });

  it("by an end where the plan lacks the cohort: what is not there is neither baseline nor curtailed", () => {
    const b = cohort({ cohortId: "b" });
    const [end, begin] = added({ ...plan, cohorts: [b] }, line);
    expect(end).toEqual({ ...line, sequence: end!.sequence, at: at("18:31:00"), ableToRun: 0 });
    expect(begin).toMatchObject({ cohortId: "b", ableToRun: 50 });
  });

  it("by a fresh count where the cohort comes back", () => {
    const away = { ...line, ableToRun: 0 };
    expect(added({ ...plan, pue: 1.1 }, away, 88)).toMatchObject([{ modeId: "off", ableToRun: 88 }]);
  });
});
