import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import { surveyedMachines } from "../../../src/domain/settlement/surveyedMachines.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { all, at, cohort, inputAt, site } from "../decision/site.ts";

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
      timeline.push(...told(timelineChange(sitePlan, record, changed, changed.countsMachines ? able : undefined)));
  }
  return timeline;
}

const told = (line: TimelineChange | undefined): TimelineChange[] => (line === undefined ? [] : [line]);
const belowW = ({ curtailed }: TimelineChange): number => curtailed.reduce((w, part) => w + part.belowNormalW, 0);

describe("the timeline that settlement reads", () => {
  it("counts the machines while they run and keeps that count as the baseline until the cohort is back at normal", () => {
    const timeline = lines(plan, [
      { time: "18:31:00", lmp: 20, able: 98 },
      { time: "18:32:00", lmp: 20, able: 97 },
      { time: "18:33:00", lmp: 75, able: 96 },
      { time: "18:34:00", lmp: 500, able: 40 },
      { time: "18:35:00", lmp: 20, able: 40 },
      { time: "18:36:00", lmp: 500, able: 95 },
    ]);
    expect(
      timeline.map((line) => `${line.sequence} ${splitText(line.split)} ${line.ableToRun} ${belowW(line)}`),
    ).toEqual([
      "1 normal 98 0",
      `3 415MHz 96 ${96 * (3120 - 1560)}`,
      `4 off 96 ${96 * (3120 - 21)}`,
      "5 normal 96 0",
      `6 off 95 ${95 * (3120 - 21)}`,
    ]);
    expect(new Set(timeline.map((line) => line.normalPowerW))).toEqual(new Set([3120]));
  });

  it("a cohort under advice stays at the mode it has: what it should do is not what was curtailed", () => {
    const advised = site({ ...plan, control: "advise" });
    const timeline = lines(advised, [
      { time: "18:31:00", lmp: 20, able: 98 },
      { time: "18:33:00", lmp: 500, able: 98 },
    ]);
    expect(timeline.map((line) => `${line.sequence} ${splitText(line.split)} ${belowW(line)}`)).toEqual(["1 normal 0"]);
  });

  it("a cohort that a survey could not read keeps the count it had: the plan's machines are no baseline", () => {
    const halls = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });
    const timeline: TimelineChange[] = [];
    let state = initialSiteState(halls);
    for (const { time, lmp, surveyed } of [
      { time: "18:31:00", lmp: 20, surveyed: ["a", "b"] },
      { time: "18:33:00", lmp: 20, surveyed: ["b"] },
      { time: "18:36:00", lmp: 500, surveyed: ["b"] },
    ]) {
      const fleetAble = {
        observedAt: at(time),
        cohorts: surveyed.map((cohortId) => ({ cohortId, machines: cohortId === "a" ? 60 : 70 })),
      };
      const input = inputAt(halls, lmp, { asOf: at(time), cohorts: state.cohorts, fleetAble });
      const output = decide(halls, input);
      const record = nextRecord({ plan: halls, planHash: "plan", state, input, output, ruleSet: RULE_SET });
      state = adopt(halls, state, record, `hash-${record.sequence}`);
      for (const changed of changedCohorts(halls, record, [...timeline]))
        timeline.push(...told(timelineChange(halls, record, changed, surveyedMachines(record, changed))));
    }
    expect(
      timeline.map((line) => `${line.sequence} ${line.cohortId} ${splitText(line.split)} ${line.ableToRun}`),
    ).toEqual(["1 a normal 60", "1 b normal 70", "3 a off 60", "3 b off 70"]);
  });

  it("counts the machines of a cohort above its normal mode too: one that died at boost is no baseline", () => {
    const point = { kind: "profile", profile: "boost" } as const;
    const modes = [...cohort().modes, { modeId: "boost", hashrateThs: 130, powerW: 3800, setpoint: point }];
    const timeline = lines(site({ cohorts: [cohort({ modes })] }), [
      { time: "18:31:00", lmp: 20, able: 98 },
      { time: "18:34:00", lmp: 500, able: 60 },
    ]);
    expect(
      timeline.map((line) => `${line.sequence} ${splitText(line.split)} ${line.ableToRun} ${belowW(line)}`),
    ).toEqual(["1 boost 98 0", `2 off 60 ${60 * 3000}`]);
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
    split: all("off", 96),
    reason: "economic",
    curtailed: [{ reason: "economic", belowNormalW: 96 * 3099 }],
    ableToRun: 96,
    normalPowerW: 3120,
  };
  /** What the first decision by a plan adds to a timeline that ends with `before`, at a price that keeps `before`. */
  const added = (next: SitePlan, before: TimelineChange, able = 50): TimelineChange[] => {
    const cohorts = next.cohorts.map(({ cohortId }) => ({
      cohortId,
      split: cohortId === "a" && before.split.length > 0 ? before.split : all("normal"),
      reason: "economic" as const,
    }));
    const input = inputAt(next, 500, { asOf: at("18:31:00"), cohorts });
    const state = { ...initialSiteState(next), cohorts };
    const output = decide(next, input);
    const record = nextRecord({ plan: next, planHash: "next", state, input, output, ruleSet: RULE_SET });
    return [
      ...leftCohorts(next, record, [before]),
      ...changedCohorts(next, record, [before]).flatMap((one) =>
        told(timelineChange(next, record, one, one.countsMachines ? able : undefined)),
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
    expect(added(changed({ machines: 36 }), line)).toMatchObject([
      { split: all("off", 36), ableToRun: 36, curtailed: [{ reason: "economic", belowNormalW: 36 * 3099 }] },
    ]);
  });

  it("by the new power at the wall, while the cohort stays off", () => {
    expect(added({ ...plan, pue: 1.1 }, line)).toMatchObject([
      { normalPowerW: 3300, curtailed: [{ belowNormalW: 96 * (3300 - 22) }], ableToRun: 96 },
    ]);
  });

  it("by an end where the plan lacks the cohort: what is not there is neither baseline nor curtailed", () => {
    const b = cohort({ cohortId: "b" });
    const [end, begin] = added({ ...plan, cohorts: [b] }, line);
    expect(end).toEqual({
      ...line,
      sequence: end!.sequence,
      at: at("18:31:00"),
      split: [],
      curtailed: [],
      ableToRun: 0,
    });
    expect(begin).toMatchObject({ cohortId: "b", ableToRun: 50 });
  });

  it("by a fresh count where the cohort comes back", () => {
    const away = { ...line, split: [], curtailed: [], ableToRun: 0 };
    expect(added(plan, away, 88)).toMatchObject([{ split: all("off", 88), ableToRun: 88 }]);
    // and none is made again while there is none
    expect(added(plan, { ...away, reason: "economic" }, 0)).toEqual([]);
  });
});
