import { describe, expect, it } from "vitest";
import type { CohortPlan, DecisionRecord, DispatchTarget, SitePlan } from "../../../src/domain/decision/model.ts";
import type { DispatchPlan } from "../../../src/domain/dispatch/model.ts";
import { wholeSplit } from "../../../src/domain/decision/split.ts";
import { DispatchPlanError, planDispatch } from "../../../src/domain/dispatch/plan.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

/** 25 W asleep; `profile` 330MHz where the model has an underclock step. */
function cohort(
  cohortId: string,
  machines: number,
  normalW: number,
  normalThs: number,
  more: Partial<CohortPlan> = {},
): CohortPlan {
  return {
    cohortId,
    clientId: "acme",
    model: cohortId,
    firmware: "luxos",
    machines,
    modes: [
      { modeId: "off", hashrateThs: 0, powerW: 25, setpoint: { kind: "off" } },
      {
        modeId: "330MHz",
        hashrateThs: normalThs * 0.7,
        powerW: normalW * 0.6,
        setpoint: { kind: "profile", profile: "330MHz" },
      },
      { modeId: "normal", hashrateThs: normalThs, powerW: normalW, setpoint: { kind: "profile", profile: "default" } },
    ],
    normalModeId: "normal",
    control: "act",
    minOffMinutes: 0,
    minOnMinutes: 0,
    lockedOut: false,
    ...more,
  };
}

// J/TH: old 34.2, mid 29.5, new 17.5.
const oldest = cohort("s19", 250, 3_250, 95);
const middle = cohort("s19pro", 100, 3_245, 110);
const newest = cohort("s21", 120, 3_500, 200);

function plan(cohorts: CohortPlan[], more: Partial<SitePlan> = {}): SitePlan {
  return {
    siteId: "houston-1",
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    control: "act",
    cohorts,
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 },
    onEea: { watch: "none", conservation: "none", eea1: "curtail", eea2: "curtail", eea3: "curtail" },
    onPrcPreAlert: "no-restart",
    onSilence: { scedPrice: "hold", hashprice: "hold", gridCondition: "hold", meter: "hold" },
    staleness: {
      scedPriceSeconds: 600,
      gridConditionSeconds: 300,
      hashpriceSeconds: 86_400,
    },
    pue: 1.04,
    poolFee: 0.01,
    avoidableAddersUsdPerMwh: 4,
    priceFloorUsdPerMwh: -251,
    priceCapUsdPerMwh: 5_001,
    singleSourceMwMax: 50,
    gridSource: "feed",
    ...more,
  };
}

function record(targets: DispatchTarget[]): DecisionRecord {
  const asOf = parseInstant("2026-08-18T22:05:11Z");
  return {
    schema: "ballast.decision/2",
    siteId: "houston-1",
    sequence: 41,
    ruleSet: "r1",
    planHash: "p1",
    input: {
      asOf,
      intervalKey: "2026-08-18/17/1",
      intervalStart: parseInstant("2026-08-18T22:00:00Z"),
      facts: {
        scedRuns: [],
        grid: { level: "normal", assumed: false },
        silentFeeds: [],
        orders: [],
        instructions: [],
      },
      cohorts: [],
      inputIds: [],
    },
    output: { cohorts: [], changes: true, sentence: "" },
    dispatch: { revision: 17, targets },
    previousHash: "genesis",
  };
}

const machinesIn = (cohortId: string): number =>
  [oldest, middle, newest].find((one) => one.cohortId === cohortId)?.machines ?? 10;
const move = (cohortId: string, fromModeId: string, modeId: string): DispatchTarget => ({
  cohortId,
  ableMachines: machinesIn(cohortId),
  fromSplit: wholeSplit(fromModeId, machinesIn(cohortId)),
  split: wholeSplit(modeId, machinesIn(cohortId)),
});
const planned = (cohorts: CohortPlan[], targets: DispatchTarget[], batchSize = 100, more: Partial<SitePlan> = {}) =>
  planDispatch({ plan: plan(cohorts, more), record: record(targets), batchSize, deadlineSeconds: 90 });
const drivenIds = ({ targets }: DispatchPlan) =>
  targets.filter(({ isDriven }) => isDriven).map(({ cohortId }) => cohortId);
const order = (cohorts: CohortPlan[], targets: DispatchTarget[]) => drivenIds(planned(cohorts, targets, 1000));

describe("dispatch plan", () => {
  it("250 machines from normal to off: 838.5 kW at the wall go, by 90 s after the decision", () => {
    expect(planned([oldest], [move("s19", "normal", "off")])).toEqual({
      siteId: "houston-1",
      revision: 17,
      decidedAt: "2026-08-18T22:05:11.000Z",
      deadline: "2026-08-18T22:06:41.000Z",
      targets: [
        {
          cohortId: "s19",
          machines: 250,
          shares: [
            {
              cohortId: "s19",
              modeId: "off",
              point: { kind: "off" },
              machines: 250,
              expectedW: 26,
              restores: false,
            },
          ],
          before: [{ modeId: "normal", machines: 250, fromW: 3_380 }],
          isDriven: true,
        },
      ],
      batchSize: 100,
      expectedDeltaKw: -838.5, // 250 × (3,250 − 25) W × 1.04
    });
  });

  it("an unconfirmed dispatch before it drives every cohort again, changed or not; only the change is expected of the meter", () => {
    const again = planDispatch({
      plan: plan([oldest, newest]),
      record: record([move("s19", "normal", "off"), move("s21", "normal", "normal")]),
      batchSize: 1000,
      deadlineSeconds: 90,
      unconfirmed: true,
    });
    expect(drivenIds(again)).toEqual(["s19", "s21"]);
    expect(again.expectedDeltaKw).toBe(-838.5);
  });

  it("an underclock step is its own set-point", () => {
    const { targets, expectedDeltaKw } = planned([newest], [move("s21", "off", "330MHz")]);
    expect(targets[0]?.shares[0]?.point).toEqual({ kind: "profile", profile: "330MHz" });
    expect(targets[0]?.shares[0]?.expectedW).toBeCloseTo(2_184, 9);
    expect(expectedDeltaKw).toBeCloseTo(258.96, 9); // 120 × (2,100 − 25) W × 1.04
  });

  it("only the normal mode restores what each machine held before", () => {
    const restores = (modeId: string) =>
      planned([newest], [move("s21", "off", modeId)]).targets[0]?.shares[0]?.restores;
    expect([restores("330MHz"), restores("normal")]).toEqual([false, true]);
  });

  it("sheds worst J/TH first and restores best first", () => {
    const all = [newest, oldest, middle];
    expect(
      order(
        all,
        all.map(({ cohortId }) => move(cohortId, "normal", "off")),
      ),
    ).toEqual(["s19", "s19pro", "s21"]);
    expect(
      order(
        all,
        all.map(({ cohortId }) => move(cohortId, "off", "normal")),
      ),
    ).toEqual(["s21", "s19pro", "s19"]);
  });

  it("load goes down before any comes back", () => {
    expect(order([newest, oldest], [move("s21", "off", "normal"), move("s19", "normal", "off")])).toEqual([
      "s19",
      "s21",
    ]);
  });

  it("a cohort that stays is a target that nobody drives, without kW", () => {
    const result = planned([oldest, newest], [move("s19", "normal", "off"), move("s21", "normal", "normal")]);
    expect(result.targets.map((target) => target.cohortId)).toEqual(["s19", "s21"]);
    expect(drivenIds(result)).toEqual(["s19"]);
    expect(result.expectedDeltaKw).toBe(-838.5);
  });

  it("nobody commands a locked-out cohort, a cohort that is only advised, or a site in observation", () => {
    const off = [move("s19", "normal", "off")];
    for (const result of [
      planned([{ ...oldest, lockedOut: true }], off),
      planned([{ ...oldest, control: "advise" }], off),
      planned([oldest], off, 100, { control: "observe" }),
    ]) {
      expect(drivenIds(result)).toEqual([]);
      expect(result.expectedDeltaKw).toBe(0);
      expect(result.targets).toHaveLength(1);
    }
  });

  it("says what is wrong with a decision that it cannot turn into commands", () => {
    expect(() => planned([oldest], [move("s17", "normal", "off")])).toThrow('site houston-1 has no cohort "s17"');
    expect(() => planned([oldest], [move("s19", "normal", "boost")])).toThrow(
      'cohort s19 has no mode "boost"; it has off, 330MHz, normal',
    );
    expect(() => planned([oldest], [], 0)).toThrow("batchSize must be a whole number ≥ 1, got 0");
    const { dispatch: _, ...silent } = record([]);
    expect(() => planDispatch({ plan: plan([oldest]), record: silent, batchSize: 1, deadlineSeconds: 1 })).toThrow(
      DispatchPlanError,
    );
  });
});
