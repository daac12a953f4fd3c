import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { CohortDecision } from "../../../src/domain/decision/model.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import { orderProblem } from "../../../src/domain/decision/orderProblem.ts";
import { currentRecord, currentState } from "../../../src/domain/decision/schema1.ts";
import type { DecisionRecord1, SiteState1 } from "../../../src/domain/decision/schema1.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import {
  TestSite,
  all,
  at,
  clockOf,
  cohortOfStrike,
  hashprice,
  inputAt,
  modes,
  scedLmp,
  site,
  order,
  instruction,
} from "./site.ts";

/** 100 machines of 3 kW each: 300 kW a cohort, 900 kW the site; strikes 45, 70 and 90 $/MWh. */
const plan = site({
  cohorts: [
    cohortOfStrike("best", "S21", 90),
    cohortOfStrike("worst", "S19j Pro", 45),
    cohortOfStrike("middle", "S19k Pro", 70),
  ],
});
const splits = ({ cohorts }: { cohorts: readonly Pick<CohortDecision, "cohortId" | "split">[] }): string =>
  cohorts.map(({ cohortId, split }) => `${cohortId} ${splitText(split)}`).join("; ");

describe("an order for kilowatts, at a price that runs everything", () => {
  it("500 kW for the site: all of the worst, 34 of the next, none of the best; 900 − 402 = 498 kW", () => {
    const output = decide(plan, inputAt(plan, 20, { orders: [order({ demand: { kind: "target", kw: 500 } })] }));
    expect(splits(output)).toBe("best normal; worst off; middle 34 off, 66 normal");
    expect(output.cohorts.map(({ curtailed }) => curtailed)).toEqual([
      [],
      [{ reason: "operator-order", kw: 300 }],
      [{ reason: "operator-order", kw: 102 }],
    ]);
    expect(output.cohorts[2]?.sentence).toBe(
      "S19k Pro to go to 34 off and 66 at normal: order o-1 of maria to curtail to 500.0 kW: transformer is hot.",
    );
    expect(output.sentence).toBe(
      "pecan-draw: orders 134 of 300 machines off; in all 402.0 kW (operator-order) below normal if all follow; " +
        "expected settlement price 20.00 $/MWh for 18:30-18:45.",
    );
    expect(output.broken).toBeUndefined();
  });

  it("by 200 kW, taken up while 600 kW run: 400 kW are left, whatever comes later", () => {
    const quiet = new TestSite(plan);
    quiet.take(hashprice("18:28:00"));
    quiet.take(scedLmp("18:29:50", 60));
    quiet.take({ kind: "order", id: "o", at: at("18:31:00"), order: order({ demand: { kind: "reduce", kw: 200 } }) });
    expect(quiet.records.at(-1)?.input.facts.orders[0]?.demand).toEqual({ kind: "reduce", kw: 200, fromKw: 600 });
    expect(splits(quiet.state)).toBe("best normal; worst off; middle 67 off, 33 normal");
    quiet.take(scedLmp("18:34:50", 20));
    expect(splits(quiet.state)).toBe("best normal; worst off; middle 67 off, 33 normal");
  });

  it("firm load counts with the site and is never curtailed: of 1,000 kW with 150 firm, 850 are left to the machines", () => {
    const hosted = site({ ...plan, firmKw: 140, houseKw: 10 });
    const output = decide(hosted, inputAt(hosted, 20, { orders: [order({ demand: { kind: "target", kw: 1_000 } })] }));
    expect(splits(output)).toBe("best normal; worst 17 off, 83 normal; middle normal");
    const none = decide(hosted, inputAt(hosted, 20, { orders: [order({ demand: { kind: "target", kw: 100 } })] }));
    expect(splits(none)).toBe("best off; worst off; middle off");
    expect(none.broken).toMatchObject([{ reason: "operator-order", kw: 50 }]);
    expect(none.sentence).toContain(
      "; order o-1 of maria to curtail to 100.0 kW: transformer is hot: missed by 50.0 kW",
    );
  });

  it("of one cohort is its own part of that, and takes no machine of another", () => {
    const orders = [order({ cohortIds: ["best"], demand: { kind: "target", kw: 150 } })];
    expect(splits(decide(plan, inputAt(plan, 20, { orders })))).toBe(
      "best 50 off, 50 normal; worst normal; middle normal",
    );
  });

  it("only machines that are able to run are counted: 60 of 100 run, 120 kW are 40 of them", () => {
    const fleetAble = { observedAt: at("18:30:00"), cohorts: [{ cohortId: "best", machines: 60 }] };
    const one = site({ cohorts: plan.cohorts.slice(0, 1) });
    const orders = [order({ demand: { kind: "target", kw: 120 } })];
    const output = decide(one, inputAt(one, 20, { orders, fleetAble }));
    expect(splits(output)).toBe("best 20 off, 40 normal");
    expect(output.cohorts[0]).toMatchObject({ ableMachines: 60, curtailed: [{ reason: "operator-order", kw: 60 }] });
    expect(output.sentence).toContain("orders 20 of 60 able machines off");
  });
});

describe("a floor in kilowatts, at a price that drops everything", () => {
  it("keeps 400 kW on, of the machines that earn most, and says what keeps them on", () => {
    const orders = [order({ action: "run", minKw: 400, reason: "loop needs heat" })];
    const output = decide(plan, inputAt(plan, 500, { orders }));
    expect(splits(output)).toBe("best normal; worst off; middle 66 off, 34 normal");
    expect(output.cohorts.map(({ heldOnBy }) => heldOnBy)).toEqual([
      [{ reason: "operator-order", kw: 300 }],
      undefined,
      [{ reason: "operator-order", kw: 102 }],
    ]);
    expect(output.cohorts[2]?.curtailed).toEqual([{ reason: "economic", kw: 198 }]);
    expect(output.cohorts[2]?.sentence).toContain(
      ", 102.0 kW of it kept on by order o-1 of maria to run at least 400.0 kW",
    );
  });

  it("gives way to a price above its own, and says by how much and what that is worth", () => {
    const orders = [order({ action: "run", minKw: 400, breakAtUsdPerMwh: 450 })];
    const output = decide(plan, inputAt(plan, 500, { orders }));
    expect(splits(output)).toBe("best off; worst off; middle off");
    expect(output.broken).toMatchObject([{ reason: "operator-order", by: "economic", kw: 400, usdPerH: 180 }]);
    expect(splits(decide(plan, inputAt(plan, 449, { orders })))).toBe(
      "best normal; worst off; middle 66 off, 34 normal",
    );
  });

  it("never holds against an instruction above it: 250 kW are allowed, so 150 of the 400 are missed, aloud", () => {
    const output = decide(
      plan,
      inputAt(plan, 20, {
        orders: [order({ action: "run", minKw: 400 })],
        instructions: [instruction({ demand: { kind: "target", kw: 250 } })],
      }),
    );
    expect(splits(output)).toBe("best 17 off, 83 normal; worst off; middle off");
    expect(output.broken).toMatchObject([{ reason: "operator-order", by: "instruction", kw: 151 }]);
  });

  it("holds where the price is silent and silence curtails: 400 of 900 kW stay on, those that earn most by the kW", () => {
    const silent = { ...plan, onSilence: { ...plan.onSilence, scedPrice: "curtail" as const } };
    const orders = [order({ action: "run", minKw: 400 })];
    const output = decide(silent, inputAt(silent, 20, { orders, silentFeeds: ["sced-lmp"] }));
    expect(splits(output)).toBe("best normal; worst off; middle 66 off, 34 normal");
    expect(output.cohorts.map(({ reason }) => reason)).toEqual(["operator-order", "silence", "silence"]);
    expect(output.cohorts[0]?.sentence).toBe(
      "S21 to stay at normal: order o-1 of maria to run at least 400.0 kW: transformer is hot.",
    );
    expect(output.broken).toBeUndefined();
  });
});

describe("one reason for each kilowatt", () => {
  it("what an instruction takes is its own though the price would take it too; what is below is the price's", () => {
    const instructions = [instruction({ demand: { kind: "target", kw: 700 } })];
    const output = decide(plan, inputAt(plan, 60, { instructions }));
    // 67 of the worst make the 200 kW; the price of 60 $/MWh takes the other 33, whose strike is 45
    expect(output.cohorts[1]).toMatchObject({
      split: all("off"),
      reason: "economic",
      curtailed: [
        { reason: "instruction", kw: 201 },
        { reason: "economic", kw: 99 },
      ],
    });
    expect(output.cohorts[1]?.sentence).toBe(
      "S19j Pro to go off: down 201.0 kW by instruction vdi-7 of QSE to curtail to 700.0 kW, and 99.0 kW by expected " +
        "settlement price 60.00 $/MWh for 18:30-18:45 is above 56.25 (1.25 × strike 45.00).",
    );
  });
});

describe("a floor and a ceiling of two people, for the same scope", () => {
  const hot = order({ orderId: "hot", demand: { kind: "target", kw: 600 } });
  const loop = order({ orderId: "loop", action: "run", minKw: 150, reason: "loop needs heat" });

  it("both hold, whichever came last: the transformer's 600 kW stand beside the loop's 150 kW", () => {
    for (const orders of [
      [hot, loop],
      [loop, hot],
    ]) {
      expect(splits(decide(plan, inputAt(plan, 20, { orders })))).toBe("best normal; worst off; middle normal");
      expect(splits(decide(plan, inputAt(plan, 500, { orders })))).toBe(
        "best 50 off, 50 normal; worst off; middle off",
      );
    }
  });

  it("where they do not fit the later one holds, and the other is told with what it misses", () => {
    const more = { ...loop, minKw: 750 };
    const cases = [
      [[hot, more], "to curtail to 600.0 kW"],
      [[more, hot], "to run at least 750.0 kW"],
    ] as const;
    for (const [orders, told] of cases) {
      const { broken } = decide(plan, inputAt(plan, 20, { orders }));
      expect(broken).toEqual([
        expect.objectContaining({ reason: "operator-order", by: "operator-order", kw: 150 }) as object,
      ]);
      expect(broken?.[0]?.why).toContain(told);
    }
  });

  it("a floor for one cohort does not give back the rest of it that an order took off", () => {
    const off = order({ orderId: "off", cohortIds: ["best"] });
    const floor = { ...loop, cohortIds: ["best"], minKw: 90 };
    expect(splits(decide(plan, inputAt(plan, 20, { orders: [off, floor] })))).toBe(
      "best 70 off, 30 normal; worst normal; middle normal",
    );
  });
});

describe("an order that turns one machine of a cohort that is held", () => {
  const held = (first: number, then: number, asked: Partial<OperatorOrder>) => {
    const one = new TestSite({ ...plan, cohorts: [{ ...plan.cohorts[0]!, minOnMinutes: 60, minOffMinutes: 60 }] });
    one.take(hashprice("16:58:00"));
    for (const time of ["16:59:50", "17:04:50"]) one.take(scedLmp(time, 500));
    for (const time of ["17:59:50", "18:04:50"]) one.take(scedLmp(time, first));
    for (const time of ["18:14:50", "18:19:50"]) one.take(scedLmp(time, then));
    const id = "o-1";
    one.take({ kind: "order", id, at: at("18:21:00"), order: order({ orderId: id, from: at("18:21:00"), ...asked }) });
    return one;
  };

  it("down by 3 kW of what came on at 18:00:50: the price takes the other 99 when their hour on has passed", () => {
    const one = held(20, 500, { demand: { kind: "reduce", kw: 3 } });
    expect(splits(one.state)).toBe("best 1 off, 99 normal");
    for (const time of ["18:24:50", "18:29:50", "18:54:50"]) one.take(scedLmp(time, 500));
    expect(splits(one.state)).toBe("best 1 off, 99 normal");
    one.take(scedLmp("18:59:50", 500));
    expect(splits(one.state)).toBe("best off");
  });

  it("up by a floor of 3 kW after a move off at 18:00:50: the other 99 come on when their hour off has passed", () => {
    const one = new TestSite({ ...plan, cohorts: [{ ...plan.cohorts[0]!, minOnMinutes: 60, minOffMinutes: 60 }] });
    one.take(hashprice("17:58:00"));
    one.take(scedLmp("17:59:50", 500));
    for (const time of ["18:04:50", "18:09:50", "18:14:50"]) one.take(scedLmp(time, 20));
    const floor = order({ action: "run", minKw: 3, from: at("18:16:00") });
    one.take({ kind: "order", id: "o-1", at: at("18:16:00"), order: floor });
    for (const time of ["18:19:50", "18:24:50", "18:54:50"]) one.take(scedLmp(time, 20));
    expect(splits(one.state)).toBe("best 99 off, 1 normal");
    expect(clockOf(one.nextWakeAt)).toBe("19:00:50");
    one.take(scedLmp("18:59:50", 20));
    expect(splits(one.state)).toBe("best normal");
  });
});

describe("an instruction in revisions", () => {
  const quiet = () => {
    const one = new TestSite(plan);
    one.take(hashprice("18:28:00"));
    one.take(scedLmp("18:29:50", 20));
    return one;
  };
  const sent = (one: TestSite, time: string, changes: Partial<GridInstruction>) =>
    one.take({ kind: "instruction", id: `m/${time}`, at: at(time), instruction: instruction(changes) });

  it("a higher revision replaces the lower, and a lower one that comes late changes nothing", () => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1, demand: { kind: "target", kw: 600 } });
    sent(one, "18:32:00", { revision: 3, demand: { kind: "target", kw: 300 } });
    expect(splits(one.state)).toBe("best normal; worst off; middle off");
    expect(sent(one, "18:33:00", { revision: 2, demand: { kind: "off" } }).relevant).toBe(false);
    expect(splits(one.state)).toBe("best normal; worst off; middle off");
  });

  it("a reduction that is sent again counts from the load before the first", () => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1, demand: { kind: "reduce", kw: 300 } });
    sent(one, "18:32:00", { revision: 2, demand: { kind: "reduce", kw: 600 } });
    expect(splits(one.state)).toBe("best normal; worst off; middle off");
  });

  it("a reduction whose scope is revised counts from the load of the new scope: 200 of the best's 300 kW", () => {
    const one = quiet();
    sent(one, "18:31:00", { revision: 1, demand: { kind: "reduce", kw: 30 } });
    sent(one, "18:32:00", { revision: 2, cohortIds: ["best"], demand: { kind: "reduce", kw: 200 } });
    expect(splits(one.state)).toBe("best 67 off, 33 normal; worst normal; middle normal");
  });

  it("a reduction counts from the machines that are able to run: 200 of 300 kW where no other cohort has any", () => {
    const one = quiet();
    const able = (machines: number) => [
      { cohortId: "best", machines: 100 },
      { cohortId: "worst", machines: 0 },
      { cohortId: "middle", machines },
    ];
    one.take({ kind: "fleet-able", id: "f-1", at: at("18:31:00"), observedAt: at("18:31:00"), cohorts: able(0) });
    sent(one, "18:32:00", { demand: { kind: "reduce", kw: 200 } });
    expect(splits(one.state)).toBe("best 67 off, 33 normal; worst normal; middle normal");
    expect(one.records.at(-1)?.input.facts.instructions[0]?.demand).toEqual({ kind: "reduce", kw: 200, fromKw: 300 });
  });

  it("and so where nobody commands those that lack: 200 of 300 and 150 kW leave 250", () => {
    const one = new TestSite({ ...plan, cohorts: [plan.cohorts[0]!, { ...plan.cohorts[1]!, control: "observe" }] });
    one.take(hashprice("18:28:00"));
    const cohorts = [
      { cohortId: "best", machines: 100 },
      { cohortId: "worst", machines: 50 },
    ];
    one.take({ kind: "fleet-able", id: "f-1", at: at("18:29:00"), observedAt: at("18:29:00"), cohorts });
    one.take(scedLmp("18:29:50", 20));
    sent(one, "18:32:00", { demand: { kind: "reduce", kw: 200 } });
    expect(splits(one.state)).toBe("best 67 off, 33 normal; worst normal");
  });

  it("recalled before its load may come back, it holds down until then and lets go by itself", () => {
    const one = quiet();
    sent(one, "18:31:00", { demand: { kind: "target", kw: 300 }, restoreNotBefore: at("18:45:00") });
    one.take({ kind: "recall", id: "r", at: at("18:33:00"), instructionId: "vdi-7" });
    expect(modes(one.records.at(-1)!.output)).toBe("best:normal/economic worst:off/instruction middle:off/instruction");
    expect(one.records.at(-1)?.output.cohorts[1]?.sentence).toBe(
      "S19j Pro to stay off: instruction vdi-7 allows no restart yet.",
    );
    one.take(scedLmp("18:39:50", 20));
    expect(clockOf(one.nextWakeAt)).toBe("18:45:00");
    expect(modes(one.decideAt(at("18:45:00")).output)).toBe(
      "best:normal/economic worst:normal/economic middle:normal/economic",
    );
  });
});

describe("an order that cannot be carried out as written is refused with what to write", () => {
  it.each<[string, Partial<OperatorOrder>, string]>([
    [
      "kW of two cohorts",
      { cohortIds: ["best", "worst"], demand: { kind: "target", kw: 5 } },
      "name one cohort, or none",
    ],
    ["a floor on an order to curtail", { minKw: 5 }, "a floor and its price belong to an order to run"],
    [
      "a level on an order to run",
      { action: "run", demand: { kind: "target", kw: 5 } },
      "belongs to an order to curtail",
    ],
    ["a price without its floor", { action: "run", breakAtUsdPerMwh: 5 }, "needs the floor, kW"],
    ["a negative level", { demand: { kind: "target", kw: -5 } }, "kw is -5; expected a number of kW from 0"],
  ])("%s", (_what, changes, says) => {
    const asked = { kind: "order" as const, id: "o", at: at("18:30:00"), order: order(changes) };
    expect(orderProblem(plan, asked, [])).toContain(says);
  });
});

describe("a site that goes on from records with one mode a cohort", () => {
  const before: DecisionRecord1 = (() => {
    const quiet = new TestSite(plan);
    quiet.take(hashprice("18:28:00"));
    quiet.take(scedLmp("18:29:50", 60));
    const record = quiet.records.at(-1)!;
    const { dispatch, output } = record;
    const { facts, ...input } = record.input;
    return {
      ...record,
      schema: "ballast.decision/1",
      input: {
        ...input,
        ...facts,
        cohorts: input.cohorts.map(({ split: _, ...one }) => ({ ...one, modeId: "normal" })),
      },
      output: {
        ...output,
        cohorts: output.cohorts.map(({ ableMachines: _, fromSplit: __, split, curtailed, priceWish: ___, ...one }) => ({
          ...one,
          fromModeId: "normal",
          modeId: splitText(split),
          curtailedKw: curtailed.reduce((kw, part) => kw + part.kw, 0),
        })),
      },
      dispatch: {
        revision: dispatch!.revision,
        targets: dispatch!.targets.map(({ cohortId, split }) => ({
          cohortId,
          fromModeId: "normal",
          modeId: splitText(split),
        })),
      },
    };
  })();

  it("knows every fact that the record has beside the rest of its input", () => {
    const { facts } = currentRecord(before).input;
    expect(facts).toMatchObject({ scedRuns: [{ lmpUsdPerMwh: 60 }], hashprice: {}, grid: { level: "normal" } });
    expect(Object.keys(facts)).not.toContain("asOf");
    expect(siteStateFromRecords(plan, [currentRecord(before)], { recordHash: "h", revision: 1 })).toMatchObject({
      scedRuns: [{ scedAt: at("18:29:50"), lmpUsdPerMwh: 60 }],
    });
  });

  it("has every machine of a cohort where the record put it, and decides on from there", () => {
    const state = siteStateFromRecords(plan, [currentRecord(before)], { recordHash: "h", revision: 1 });
    expect(splits(state)).toBe("best normal; worst off; middle normal");
    const input = inputAt(plan, 60, { asOf: at("18:36:00"), cohorts: state.cohorts });
    const output = decide(plan, input);
    expect(output.changes).toBe(false);
    expect(output.cohorts[1]).toMatchObject({ ableMachines: 100, split: all("off"), fromSplit: all("off") });
  });

  it("and so from the state that a run before handed over", () => {
    const {
      split: _,
      leftSplit: __,
      ...worst
    } = siteStateFromRecords(plan, [currentRecord(before)], {
      recordHash: "h",
      revision: 1,
    }).cohorts[1]!;
    const { closedOrders: ___, closedInstructions: ____, ...rest } = new TestSite(plan).state;
    const kept: SiteState1 = {
      ...rest,
      schema: "ballast.site-state/1",
      closedIds: ["o-9"],
      cohorts: [{ ...worst, modeId: "off", leftModeId: "normal" }],
    };
    expect(currentState(kept)).toMatchObject({
      cohorts: [{ split: [{ modeId: "off" }], leftSplit: [{ modeId: "normal" }], since: worst.since }],
      closedOrders: ["o-9"],
    });
  });
});
