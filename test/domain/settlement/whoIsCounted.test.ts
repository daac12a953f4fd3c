import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import type { DecisionInput, SitePlan } from "../../../src/domain/decision/model.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { intervalStart, settlementInterval } from "../../../src/domain/market/calendar.ts";
import { surveyedMachines } from "../../../src/domain/settlement/surveyedMachines.ts";
import { changedCohorts, leftCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { at, cohort, inputAt, site } from "../decision/site.ts";

interface Step {
  readonly time: string | Instant;
  readonly lmp: number;
  /** Machines that the survey counts, by cohort; one that is not named could not be read. */
  readonly able: Readonly<Record<string, number>>;
  readonly orders?: DecisionInput["facts"]["orders"];
  readonly plan?: SitePlan;
}

/** The lines that a site leaves, one decision a step; the ledger counts 55 where no survey does. */
function lines(plan: SitePlan, steps: readonly Step[]): string[] {
  let state = initialSiteState(plan);
  const timeline: TimelineChange[] = [];
  for (const { time, lmp, able, orders = [], plan: applied = plan } of steps) {
    const asOf = time.length > 8 ? (time as Instant) : at(time);
    const cohorts = applied.cohorts.map(({ cohortId }) => state.cohorts.find((one) => one.cohortId === cohortId));
    const initial = initialSiteState(applied).cohorts;
    const fleetAble = {
      observedAt: asOf,
      cohorts: Object.entries(able).map(([cohortId, machines]) => ({ cohortId, machines })),
    };
    const input = inputAt(applied, lmp, {
      asOf,
      cohorts: initial.map((one, i) => cohorts[i] ?? one),
      scedRuns: [{ scedAt: addSeconds(intervalStart(settlementInterval(asOf)), -10), lmpUsdPerMwh: lmp }],
      orders,
      fleetAble,
    });
    state = { ...state, cohorts: input.cohorts };
    const output = decide(applied, input);
    const record = nextRecord({ plan: applied, planHash: "plan", state, input, output, ruleSet: RULE_SET });
    state = adopt(applied, state, record, `hash-${record.sequence}`);
    const before = [...timeline];
    timeline.push(...leftCohorts(applied, record, before));
    for (const one of changedCohorts(applied, record, before)) {
      const count = one.countsMachines ? (surveyedMachines(record, one) ?? 55) : undefined;
      timeline.push(...[timelineChange(applied, record, one, count)].filter((line) => line !== undefined));
    }
  }
  return timeline.map(
    ({ sequence, cohortId, ableToRun, split, curtailed }) =>
      `${sequence} ${cohortId} ${splitText(split)}, ${ableToRun} counted` +
      curtailed.map(({ reason, belowNormalW }) => `, ${belowNormalW / 3000} by ${reason}`).join(""),
  );
}

const hall = site({ cohorts: [cohort()] });
const cap = (kw: number): DecisionInput["facts"]["orders"] => [
  {
    orderId: "cap",
    actor: "maria",
    reason: "transformer is hot",
    action: "curtail",
    demand: { kind: "target", kw },
    from: at("18:00:00"),
    until: at("22:00:00"),
  },
];

describe("a curtailed cohort whose machines answer no longer", () => {
  it("60 are off, then 1 answers, then none: all 60 stay paid, for nobody can know whether an off machine is dead", () => {
    expect(
      lines(hall, [
        { time: "18:31:00", lmp: 20, able: { a: 60 } },
        { time: "18:46:00", lmp: 500, able: { a: 60 } },
        { time: "19:01:00", lmp: 500, able: { a: 1 } },
        { time: "19:16:00", lmp: 500, able: { a: 0 } },
        { time: "19:31:00", lmp: 500, able: { a: 0 } },
        { time: "19:46:00", lmp: 500, able: { a: 60 } },
      ]),
    ).toEqual(["1 a normal, 60 counted", "2 a off, 60 counted, 60 by economic"]);
  });

  it("none answers when the price lets them run again: nothing curtails them, and none is able to run", () => {
    expect(
      lines(hall, [
        { time: "18:31:00", lmp: 20, able: { a: 60 } },
        { time: "18:46:00", lmp: 500, able: { a: 60 } },
        { time: "19:01:00", lmp: 500, able: { a: 0 } },
        { time: "19:16:00", lmp: 20, able: { a: 0 } },
        { time: "19:31:00", lmp: 500, able: { a: 0 } },
        { time: "19:46:00", lmp: 20, able: { a: 60 } },
      ]),
    ).toEqual([
      "1 a normal, 60 counted",
      "2 a off, 60 counted, 60 by economic",
      "4 a no machine, 0 counted",
      "6 a normal, 60 counted",
    ]);
  });

  it("a day after its last order only those that answer count, be it 1 or none", () => {
    const nextDay = (seconds: number): Instant => addSeconds(at("18:46:00"), 86_400 + seconds);
    for (const left of [1, 0])
      expect(
        lines(hall, [
          { time: "18:31:00", lmp: 20, able: { a: 60 } },
          { time: "18:46:00", lmp: 500, able: { a: 60 } },
          { time: nextDay(-60), lmp: 500, able: { a: left } },
          { time: nextDay(0), lmp: 500, able: { a: left } },
          { time: nextDay(300), lmp: 500, able: { a: 60 } },
        ]).slice(1),
      ).toEqual([
        "2 a off, 60 counted, 60 by economic",
        left === 1 ? "4 a off, 1 counted, 1 by economic" : "4 a no machine, 0 counted",
        "5 a off, 60 counted, 60 by economic",
      ]);
  });

  it("a hall counted dead before its curtailment is never paid; once it answers it is ordered off, and counts from then", () => {
    expect(
      lines(hall, [
        { time: "18:31:00", lmp: 20, able: { a: 60 } },
        { time: "18:46:00", lmp: 20, able: { a: 0 } },
        { time: "19:01:00", lmp: 500, able: { a: 0 } },
        { time: "19:16:00", lmp: 500, able: { a: 0 } },
        { time: "19:31:00", lmp: 500, able: { a: 60 } },
      ]),
    ).toEqual(["1 a normal, 60 counted", "2 a no machine, 0 counted", "5 a off, 60 counted, 60 by economic"]);
  });

  it("a cohort under lock-out amid its curtailment is unavailable, whatever it was before", () => {
    const locked = site({ cohorts: [cohort({ lockedOut: true })] });
    const [, , line] = lines(hall, [
      { time: "18:31:00", lmp: 20, able: { a: 60 } },
      { time: "18:46:00", lmp: 500, able: { a: 60 } },
      { time: "19:01:00", lmp: 500, able: { a: 0 }, plan: locked },
    ]);
    expect(line).toBe("3 a off, 60 counted, 60 by lock-out");
  });

  it("of 96, 46 are off under a cap and 56 fall out: those that ran are no baseline, the 46 off stay the order's", () => {
    expect(
      lines(hall, [
        { time: "18:31:00", lmp: 20, able: { a: 96 } },
        { time: "18:46:00", lmp: 20, able: { a: 96 }, orders: cap(150) },
        { time: "19:01:00", lmp: 20, able: { a: 40 }, orders: cap(150) },
        { time: "19:16:00", lmp: 20, able: { a: 0 }, orders: cap(150) },
        { time: "19:31:00", lmp: 20, able: { a: 96 }, orders: cap(150) },
      ]),
    ).toEqual([
      "1 a normal, 96 counted",
      "2 a 46 off, 50 normal, 96 counted, 46 by operator-order",
      "3 a 46 off, 40 normal, 86 counted, 46 by operator-order",
      "4 a off, 46 counted, 46 by operator-order",
      "5 a 46 off, 50 normal, 96 counted, 46 by operator-order",
    ]);
  });
});

describe("machines that are repaired while a part of their cohort is off", () => {
  it("wait for the end of the curtailment: 81 count under a cap of 240 kW, and the 15 repaired ones are nobody's", () => {
    expect(
      lines(hall, [
        { time: "18:31:00", lmp: 20, able: { a: 81 } },
        { time: "18:46:00", lmp: 20, able: { a: 81 }, orders: cap(240) },
        { time: "19:01:00", lmp: 20, able: { a: 96 }, orders: cap(240) },
        { time: "19:16:00", lmp: 20, able: { a: 96 }, orders: cap(0) },
        { time: "19:31:00", lmp: 20, able: { a: 96 } },
      ]),
    ).toEqual([
      "1 a normal, 81 counted",
      "2 a 1 off, 80 normal, 81 counted, 1 by operator-order",
      "4 a off, 81 counted, 81 by operator-order",
      "5 a normal, 96 counted",
    ]);
  });
});

describe("a cohort that no survey counts", () => {
  const both = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });

  it("comes back to the plan while the newest survey lacks it: the ledger's 55, neither none nor the nameplate", () => {
    const only = site({ cohorts: [cohort({ cohortId: "b" })] });
    expect(
      lines(both, [
        { time: "18:31:00", lmp: 20, able: { a: 60, b: 70 } },
        { time: "18:46:00", lmp: 20, able: { b: 70 }, plan: only },
        { time: "19:01:00", lmp: 20, able: { b: 70 } },
        { time: "19:16:00", lmp: 20, able: { a: 60, b: 70 } },
      ]),
    ).toEqual([
      "1 a normal, 60 counted",
      "1 b normal, 70 counted",
      "2 a no machine, 0 counted",
      "3 a normal, 55 counted",
      "4 a normal, 60 counted",
    ]);
  });
});
