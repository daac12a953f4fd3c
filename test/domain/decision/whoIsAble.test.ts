import { describe, expect, it } from "vitest";
import type { DecisionRecord } from "../../../src/domain/decision/model.ts";
import type { Demand } from "../../../src/domain/inputs/demand.ts";
import { planDispatch } from "../../../src/domain/dispatch/plan.ts";
import { machineModes } from "../../../src/domain/dispatch/machineModes.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { TestSite, all, at, cohort, cohortOfStrike, hashprice, modes, scedLmp, site } from "./site.ts";

/** An operator's order for one cohort, or the site. */
function orderFor(time: string, demand: Demand, seconds: number, cohortIds?: readonly string[]) {
  const from = at(time);
  const order = { actor: "maria", reason: "transformer is hot", action: "curtail" as const, demand, from };
  return {
    kind: "order" as const,
    id: `order/${time}`,
    at: from,
    order: {
      orderId: time,
      ...order,
      until: addSeconds(from, seconds),
      ...(cohortIds === undefined ? {} : { cohortIds }),
    },
  };
}

const share = (modeId: string, machines: number) => ({ modeId, machines });
const survey = (time: string, able: Readonly<Record<string, number>>) => ({
  kind: "fleet-able" as const,
  id: `fleet-able/${at(time)}`,
  at: at(time),
  observedAt: at(time),
  cohorts: Object.entries(able).map(([cohortId, machines]) => ({ cohortId, machines })),
});

describe("one SCED run may move 0.1 MW for price, 33 machines of 3 kW", () => {
  /** Three cohorts of 300 kW run at 20 $/MWh; then one run says 2,000 and takes 33 machines of the worst. */
  function spiked(): TestSite {
    const strikes = { a: 75, b: 90, c: 80 };
    const cohorts = Object.entries(strikes).map(([cohortId, strike]) => cohortOfStrike(cohortId, cohortId, strike));
    const hall = new TestSite(site({ singleSourceMwMax: 0.1, cohorts }));
    hall.take(hashprice("16:40:00"));
    for (const run of ["16:54:50", "16:59:50", "17:14:50"]) hall.take(scedLmp(run, 20));
    hall.take(scedLmp("17:19:50", 2000));
    return hall;
  }
  const now = ({ records }: TestSite): string => modes(records.at(-1)!.output).replaceAll("/economic", "");

  it("orders of 3 kW between two looks free nothing: 99 kW stay moved until another run speaks", () => {
    const hall = spiked();
    expect(now(hall)).toBe("a:33 off, 67 normal b:normal c:normal");
    for (const [time, cohortId] of [
      ["17:21:10", "a"],
      ["17:22:10", "a"],
      ["17:23:10", "c"],
    ] as const) {
      hall.take(orderFor(time, { kind: "reduce", kw: 3 }, 5, [cohortId]));
      hall.decideAt(addSeconds(at(time), 6));
    }
    // 33 for the price, 1 for each order: the price brings none of those back
    expect(now(hall)).toBe("a:35 off, 65 normal b:normal c:1 off, 99 normal");
    hall.take(scedLmp("17:24:50", 2000));
    expect(now(hall)).toBe("a:off b:off c:off");
    expect(hall.state.cohorts.map(({ onOneRun }) => onOneRun)).toEqual([undefined, undefined, undefined]);
  });

  it("a cohort that nobody reaches for a moment has still moved its 99 kW, and is found as it was told", () => {
    const hall = spiked();
    hall.take(survey("17:21:10", { a: 0 }));
    expect(now(hall)).toBe("a:no machine b:normal c:normal");
    hall.take(survey("17:22:10", { a: 30 }));
    expect(now(hall)).toBe("a:normal b:normal c:normal");
    hall.take(survey("17:23:10", { a: 100 }));
    expect(now(hall)).toBe("a:33 off, 67 normal b:normal c:normal");
  });

  it("what an order takes beside is the order's: once it ends the price has moved its 99 kW and no more", () => {
    const hall = spiked();
    hall.take(orderFor("17:21:10", { kind: "target", kw: 700 }, 5));
    expect(modes(hall.records.at(-1)!.output)).toBe(
      "a:67 off, 33 normal/operator-order b:normal/economic c:normal/economic",
    );
    hall.decideAt(at("17:21:20"));
    expect(now(hall)).toBe("a:67 off, 33 normal b:normal c:normal");
    expect(hall.state.cohorts[0]?.onOneRun).toEqual([
      { at: at("17:20:50"), from: all("normal"), to: [share("off", 33), share("normal", 67)] },
    ]);
  });
});

describe("machines of a cohort that is in two modes fall out and come back", () => {
  /** 100 machines under a cap of 150 kW, at a price that moves nothing: 50 off, 50 run. */
  function capped(): TestSite {
    const hall = new TestSite(site({ cohorts: [cohort()] }));
    hall.take(hashprice("16:40:00"));
    hall.take(scedLmp("16:44:50", 80));
    hall.take(orderFor("16:56:00", { kind: "target", kw: 150 }, 14_400));
    return hall;
  }
  const last = ({ records }: TestSite): DecisionRecord => records.at(-1)!;
  const split = (hall: TestSite): string => splitText(last(hall).output.cohorts[0]!.split);

  it("50 fall out: 50 may run, so the record says 150 kW, and who of them runs is told again", () => {
    const hall = capped();
    expect(split(hall)).toBe("50 off, 50 normal");
    hall.take(survey("16:59:50", { a: 50 }));
    expect(split(hall)).toBe("normal");
    const told = last(hall).dispatch!.targets;
    expect(told).toMatchObject([{ ableMachines: 50, placesAgain: true }]);
    expect(splitText(told[0]!.split)).toBe("50 off, 50 normal");
    const plan = planDispatch({ plan: hall.plan, record: last(hall), batchSize: 50, deadlineSeconds: 90 });
    expect(plan.targets).toMatchObject([{ isDriven: true }]);
    // by their last read-back the second half is able: it runs, the dead ones come back off
    const holds = machineModes(plan.targets[0]!.shares, [
      ...Array(50).fill(false),
      ...Array(50).fill(true),
    ] as boolean[]);
    expect(holds.slice(0, 50).every((mode) => mode === "off")).toBe(true);
    expect(holds.slice(50).every((mode) => mode === "normal")).toBe(true);
  });

  it("they come back: 50 off and 50 at normal as told, and nobody has to hear of it again", () => {
    const hall = capped();
    hall.take(survey("16:59:50", { a: 50 }));
    hall.take(survey("17:04:50", { a: 100 }));
    expect(split(hall)).toBe("50 off, 50 normal");
    expect(last(hall).dispatch).toBeUndefined();
  });

  it("none is able for a while: the split outlives it, and those that come back are told who runs", () => {
    const hall = capped();
    hall.take(survey("16:59:50", { a: 0 }));
    expect(last(hall).dispatch).toBeUndefined();
    hall.take(survey("17:04:50", { a: 80 }));
    expect(split(hall)).toBe("30 off, 50 normal");
    expect(last(hall).dispatch?.targets).toMatchObject([{ ableMachines: 80, placesAgain: true }]);
  });

  it("of a cohort in one mode nobody is told again, whoever falls out", () => {
    const hall = new TestSite(site({ cohorts: [cohort()] }));
    hall.take(hashprice("16:40:00"));
    hall.take(scedLmp("16:44:50", 500));
    expect(split(hall)).toBe("off");
    hall.take(survey("16:59:50", { a: 50 }));
    expect(last(hall).dispatch).toBeUndefined();
  });
});

describe("a cohort that a survey could not read", () => {
  const halls = (): TestSite => new TestSite(site({ cohorts: [cohort(), cohort({ cohortId: "b" })] }));
  const able = ({ records }: TestSite): number[] => records.at(-1)!.output.cohorts.map((one) => one.ableMachines);

  it("keeps its last count for 30 minutes: a floor counts 60 machines, not the plan's 100", () => {
    const two = halls();
    two.take(survey("16:30:00", { a: 60, b: 70 }));
    two.take(survey("16:35:00", { b: 71 }));
    expect(able(two)).toEqual([60, 71]);
    two.take(survey("16:59:00", { b: 72 }));
    expect(able(two)).toEqual([60, 72]);
    two.take(survey("17:00:00", { b: 73 }));
    expect(able(two)).toEqual([100, 73]);
    two.take(survey("17:05:00", { a: 61, b: 73 }));
    expect(able(two)).toEqual([61, 73]);
  });

  it("a survey that says the same of those that it read, and leaves one out, changes no decision", () => {
    const two = halls();
    two.take(survey("16:30:00", { a: 60, b: 70 }));
    expect(two.take(survey("16:35:00", { b: 70 })).relevant).toBe(false);
  });
});

describe("a decision about a cohort that nobody reaches", () => {
  it("says what the rules would have its machines do: off by price, half of them under a cap, nothing where all run", () => {
    const told = (lmp: number, kw?: number) => {
      const hall = new TestSite(site({ cohorts: [cohort()] }));
      hall.take(hashprice("16:40:00"));
      hall.take(scedLmp("16:44:50", lmp));
      if (kw !== undefined) hall.take(orderFor("16:46:00", { kind: "target", kw }, 3600));
      hall.take(survey("16:50:00", { a: 0 }));
      return hall.records.at(-1)!.output.cohorts[0];
    };
    expect(told(500)?.ifAble).toEqual({
      split: all("off"),
      reason: "economic",
      curtailed: [{ reason: "economic", kw: 300 }],
    });
    expect(told(20, 150)?.ifAble).toEqual({
      split: [share("off", 50), share("normal", 50)],
      reason: "operator-order",
      curtailed: [{ reason: "operator-order", kw: 150 }],
    });
    expect(told(20)?.ifAble).toEqual({ split: all("normal"), reason: "economic", curtailed: [] });
    expect(told(500)).toMatchObject({ split: [], curtailed: [], ableMachines: 0 });
  });
});
