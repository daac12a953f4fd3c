import { describe, expect, it } from "vitest";
import type { CohortPlan, DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { reconfigured } from "../../../src/domain/decision/reconfigured.ts";
import { unseenSince } from "../../../src/domain/decision/siteState.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { dispatchBase } from "../../../src/domain/dispatch/dispatchBase.ts";
import { batchesOf } from "../../../src/domain/dispatch/batches.ts";
import { expectedChange } from "../../../src/domain/dispatch/expectedChange.ts";
import { planDispatch } from "../../../src/domain/dispatch/plan.ts";
import { surveyedMachines } from "../../../src/domain/settlement/surveyedMachines.ts";
import { changedCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { TestSite, at, cohort, hashprice, instruction, modes, scedLmp, site } from "./site.ts";

/** What a survey counts of a cohort: able to run, and of those asleep. */
type Count = readonly [able: number, asleep: number];

const survey = (time: string, counts: Readonly<Record<string, Count>>) => ({
  kind: "fleet-able" as const,
  id: `fleet-able/${at(time)}`,
  at: at(time),
  observedAt: at(time),
  cohorts: Object.entries(counts).map(([cohortId, [machines, asleep]]) => ({ cohortId, machines, asleep })),
});

const gridCondition = (time: string, level: GridLevel) => ({
  kind: "grid-condition" as const,
  id: `grid/${time}`,
  at: at(time),
  level,
  stateText: level,
  observedAt: at(time),
  source: "dashboard/daily-prc",
  contentHash: "00",
});

/** A cohort of strike 75 with a step between: off, 200 kW, 300 kW. */
const stepped: CohortPlan = cohort({
  modes: [
    { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
    { modeId: "eco", hashrateThs: 70, powerW: 2000, setpoint: { kind: "profile", profile: "eco" } },
    { modeId: "normal", hashrateThs: 100, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
  ],
});

/** A site whose machines are counted before its first price. */
function begun(plan: SitePlan, counts: Readonly<Record<string, Count>>, lmp: number): TestSite {
  const hall = new TestSite(plan);
  hall.state = { ...hall.state, fleetAble: survey("16:40:00", counts) };
  hall.take(hashprice("16:40:10"));
  hall.take(scedLmp("16:44:50", lmp));
  return hall;
}
const last = ({ records }: TestSite): DecisionRecord => records.at(-1)!;
const told = (hall: TestSite): string | undefined =>
  last(hall)
    .dispatch?.targets.map(({ cohortId, split }) => `${cohortId}: ${splitText(split)}`)
    .join("; ");

describe("a site that begins with machines asleep", () => {
  it("wakes all 100 at a price below their strike: its first decision dispatches", () => {
    const hall = begun(site(), { a: [100, 100] }, 20);
    expect(told(hall)).toBe("a: normal");
    expect(splitText(last(hall).output.cohorts[0]!.fromSplit)).toBe("off");
    expect(last(hall).output.sentence).toContain("orders 100 of 100 machines to normal");
    hall.take(scedLmp("16:49:50", 21));
    expect(told(hall)).toBeUndefined();
  });

  it("leaves them asleep at a price above it, and wakes them once the price is below", () => {
    const hall = begun(site(), { a: [100, 100] }, 400);
    expect(told(hall)).toBeUndefined();
    expect(modes(last(hall).output)).toBe("a:off/economic");
    hall.take(scedLmp("16:59:50", 20));
    expect(told(hall)).toBe("a: normal");
  });

  it("of 100 machines 40 sleep: the cohort is at normal, and told again, with the 40 in its sentence", () => {
    const hall = begun(site(), { a: [100, 40] }, 20);
    expect(told(hall)).toBe("a: normal");
    expect(last(hall).dispatch?.targets[0]?.found).toEqual([
      { modeId: "off", machines: 40 },
      { modeId: "normal", machines: 60 },
    ]);
    expect(last(hall).output.cohorts[0]?.sentence).toContain(
      " 40 of its machines were found asleep and are told again.",
    );
    expect(last(hall).output.sentence).toContain("tells a again: 40 machines found asleep");
    hall.take(scedLmp("16:49:50", 21));
    expect(told(hall)).toBeUndefined();
    expect(last(hall).output.cohorts[0]?.sentence).not.toContain("found");
  });

  it("whose machines all run is told nothing: no revision, no command", () => {
    const hall = begun(site(), { a: [100, 0] }, 20);
    expect(last(hall).dispatch).toBeUndefined();
    expect(hall.state.cohorts[0]).not.toHaveProperty("unseen");
  });

  it("learns of them by the survey after its first decision where the first one failed", () => {
    const hall = new TestSite(site());
    hall.take(hashprice("16:40:10"));
    hall.take(scedLmp("16:44:50", 20));
    expect(told(hall)).toBeUndefined();
    hall.take(survey("16:45:30", { a: [100, 100] }));
    expect(told(hall)).toBe("a: normal");
  });

  it("wakes no more than one SCED run may move, then the rest with the second", () => {
    const hall = begun(site({ singleSourceMwMax: 0.09 }), { a: [100, 100] }, 20);
    expect(told(hall)).toBe("a: 70 off, 30 normal");
    hall.take(scedLmp("16:49:50", 20));
    expect(told(hall)).toBe("a: normal");
  });

  it("waits for a second SCED run where 40 sleepers are more than one run may move", () => {
    const hall = begun(site({ singleSourceMwMax: 0.09 }), { a: [100, 40] }, 20);
    expect(told(hall)).toBeUndefined();
    expect(last(hall).output.cohorts[0]?.found).toEqual({
      asleep: 40,
      waitsFor: "the price rests on one SCED run",
    });
    hall.take(scedLmp("16:49:50", 20));
    expect(told(hall)).toBe("a: normal");
  });

  it("starts none of those that sleep in an EEA 1 where machines of a cohort in two modes fall out", () => {
    const hall = new TestSite(site({ gridSource: "feed" }));
    hall.take(hashprice("16:40:10"));
    for (const time of ["16:41:00", "16:42:00"]) hall.take(gridCondition(time, "eea1"));
    const held = instruction({ from: at("16:43:00"), demand: { kind: "target", kw: 30 }, cohortIds: ["a"] });
    hall.take({ kind: "instruction", id: "i", at: at("16:43:00"), instruction: held });
    expect(told(hall)).toBe("a: 90 off, 10 normal");
    // 80 have fallen out, and the other 20 sleep
    hall.take(survey("16:44:00", { a: [20, 20] }));
    expect(last(hall).output.cohorts[0]?.found).toEqual({
      asleep: 10,
      waitsFor: "grid level EEA1, the site's policy allows no restart",
    });
    expect(told(hall)).toBeUndefined();
  });

  it("starts nothing in an EEA 1 that allows no restart, whether all sleep or some, and does once it is over", () => {
    for (const asleep of [100, 40]) {
      const plan = site({ gridSource: "feed" });
      const hall = new TestSite(plan);
      hall.take(gridCondition("16:39:00", "eea1"));
      hall.state = { ...hall.state, fleetAble: survey("16:40:00", { a: [100, asleep] }) };
      hall.take(hashprice("16:40:10"));
      hall.take(scedLmp("16:44:50", 20));
      expect(told(hall)).toBeUndefined();
      hall.take(scedLmp("16:49:50", 20));
      expect(told(hall)).toBeUndefined();
      hall.take(gridCondition("16:51:00", "normal"));
      expect(told(hall)).toBe("a: normal");
    }
  });

  it("commands none of a cohort that is locked out, observed or frozen, and wakes it when that ends", () => {
    const observed = site({ cohorts: [cohort({ control: "observe" })] });
    const hall = begun(observed, { a: [100, 100] }, 20);
    expect(told(hall)).toBeUndefined();
    hall.state = reconfigured(hall.state, observed, site());
    hall.plan = site();
    hall.take(scedLmp("16:49:50", 20));
    expect(told(hall)).toBe("a: normal");
    const locked = begun(site({ cohorts: [cohort({ lockedOut: true })] }), { a: [0, 0] }, 20);
    expect(told(locked)).toBeUndefined();
  });

  it("a cohort that a new configuration brings asleep is woken, the others are told nothing new", () => {
    const hall = begun(site(), { a: [100, 0] }, 20);
    const larger = site({ cohorts: [cohort(), cohort({ cohortId: "b" })] });
    hall.state = reconfigured(hall.state, hall.plan, larger);
    hall.plan = larger;
    hall.take(survey("16:46:00", { a: [100, 0], b: [100, 100] }));
    const plan = planDispatch({ plan: larger, record: last(hall), batchSize: 50, deadlineSeconds: 90 });
    expect(plan.targets.map(({ cohortId, isDriven }) => [cohortId, isDriven])).toEqual([
      ["b", true],
      ["a", false],
    ]);
  });
});

describe("a site that comes back by its own records", () => {
  function back(counts: Readonly<Record<string, Count>>, before: number, after = before): TestSite {
    const hall = begun(site(), { a: [100, 0] }, before);
    const { records, state } = hall;
    const known = { recordHash: `hash-${records.length}`, revision: state.revision };
    const again = new TestSite(hall.plan);
    again.state = unseenSince(siteStateFromRecords(hall.plan, records, known));
    again.take(survey("16:46:00", counts));
    again.take(scedLmp("16:49:50", after));
    return again;
  }

  it("drives 30 machines that somebody stopped meanwhile back to normal", () => {
    const again = back({ a: [100, 30] }, 20);
    expect(again.records[0]?.output.cohorts[0]?.found).toEqual({ asleep: 30 });
    expect(splitText(again.records[0]!.dispatch!.targets[0]!.split)).toBe("normal");
  });

  it("drives 30 machines that somebody started meanwhile back off", () => {
    const again = back({ a: [100, 70] }, 400);
    expect(again.records[0]?.output.cohorts[0]?.found).toEqual({ running: 30 });
    expect(splitText(again.records[0]!.dispatch!.targets[0]!.split)).toBe("off");
  });

  it("tells a fleet that is as it was told nothing", () => {
    const again = back({ a: [100, 100] }, 400);
    expect(again.records.map(({ dispatch }) => dispatch)).toEqual([undefined]);
    expect(again.state.cohorts[0]).not.toHaveProperty("unseen");
  });

  it("goes by a count from after its records alone", () => {
    const hall = begun(site(), { a: [100, 40] }, 20);
    const known = { recordHash: `hash-${hall.records.length}`, revision: hall.state.revision };
    const again = new TestSite(hall.plan);
    again.state = unseenSince(siteStateFromRecords(hall.plan, hall.records, known));
    again.take(scedLmp("16:49:50", 20));
    expect(told(again)).toBeUndefined();
    expect(again.state.cohorts[0]).toHaveProperty("unseen");
  });
});

describe("the machines that a first dispatch wakes", () => {
  it("40 of 100 in any places: 120 kW are expected on the meter, nothing of the 60 that run", () => {
    const hall = begun(site({ cohorts: [stepped] }), { a: [100, 40] }, 20);
    const plan = planDispatch({ plan: hall.plan, record: last(hall), batchSize: 100, deadlineSeconds: 90 });
    expect(plan.expectedDeltaKw).toBeCloseTo(120, 9);
    for (const isAsleep of [(i: number) => i < 40, (i: number) => i >= 60, (i: number) => i % 5 < 2]) {
      const read = Array.from({ length: 100 }, (_, i) => ({
        state: isAsleep(i) ? ("asleep" as const) : ("running" as const),
      }));
      const [target] = plan.targets;
      const base = { a: dispatchBase(target!, read) };
      const batches = batchesOf(
        target!,
        read.map(() => true),
        100,
      );
      expect(expectedChange(plan.targets, batches, base)).toBeCloseTo(120, 9);
    }
  });
});

describe("machines that slept before Ballast told them anything are not paid as curtailed", () => {
  /** The lines of the timeline that money reads: commanded, counted, and machines below normal by reason. */
  function lines(hall: TestSite): string[] {
    const timeline: TimelineChange[] = [];
    for (const record of hall.records)
      for (const one of changedCohorts(hall.plan, record, [...timeline])) {
        const count = one.countsMachines ? surveyedMachines(record, one) : undefined;
        timeline.push(...[timelineChange(hall.plan, record, one, count)].filter((line) => line !== undefined));
      }
    return timeline.map(
      ({ sequence, split, ableToRun, curtailed }) =>
        `${sequence} ${splitText(split)}, ${ableToRun} counted` +
        curtailed.map(({ reason, belowNormalW }) => `, ${belowNormalW / 3000} by ${reason}`).join(""),
    );
  }

  it("60 of 100 sleep at a high price: 40 are curtailed, through surveys that count all 100, until all run", () => {
    const hall = begun(site(), { a: [100, 60] }, 400);
    hall.take(survey("16:45:30", { a: [100, 100] }));
    hall.take(scedLmp("16:49:50", 410));
    hall.take(scedLmp("16:59:50", 20));
    hall.take(scedLmp("17:04:50", 20));
    hall.take(survey("17:05:30", { a: [100, 0] }));
    hall.take(scedLmp("17:14:50", 400));
    expect(lines(hall)).toEqual([
      "1 normal, 40 counted",
      "2 off, 40 counted, 40 by economic",
      "4 normal, 40 counted",
      "5 normal, 100 counted",
      "6 off, 100 counted, 100 by economic",
    ]);
  });

  it("all 100 sleep at a high price: none is curtailed, whatever is counted, until they have been told to run", () => {
    const hall = begun(site(), { a: [100, 100] }, 400);
    for (const [run, asleep] of [
      ["16:49:50", 100],
      ["16:54:50", 99],
    ] as const) {
      hall.take(survey(run.replace(":50", ":51"), { a: [asleep, asleep] }));
      hall.take(scedLmp(run, 410));
    }
    expect(new Set(lines(hall).map((line) => line.replace(/^\d+ /, "")))).toEqual(new Set(["no machine, 0 counted"]));
    hall.take(scedLmp("16:59:50", 20));
    hall.take(scedLmp("17:04:50", 20));
    hall.take(scedLmp("17:14:50", 400));
    expect(lines(hall).at(-1)).toMatch(/off, 99 counted, 99 by economic$/);
  });

  it("30 of them are woken, the price rises again: 30 are curtailed", () => {
    const hall = begun(site({ singleSourceMwMax: 0.09 }), { a: [100, 100] }, 20);
    hall.take(scedLmp("16:46:00", 400));
    hall.decideAt(addSeconds(at("16:47:10"), 400));
    expect(splitText(last(hall).output.cohorts[0]!.split)).toBe("off");
    expect(lines(hall).at(-1)).toMatch(/off, 30 counted, 30 by economic$/);
  });
});
