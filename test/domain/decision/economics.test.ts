import { describe, expect, it } from "vitest";
import { curtailmentValue } from "../../../src/domain/decision/curtailmentValue.ts";
import { fairValueOnCurveUsdPerTh } from "../../../src/domain/decision/fairValueOnCurve.ts";
import { breakevenUsdPerMwh, fairValueUsdPerTh } from "../../../src/domain/decision/machineEconomics.ts";
import { modeStrikes } from "../../../src/domain/decision/modeStrikes.ts";
import { powerUsdPerMwh } from "../../../src/domain/decision/powerPrice.ts";
import { productionCost } from "../../../src/domain/decision/productionCost.ts";
import { cohort, site } from "./site.ts";

const machine = { joulesPerTh: 30.5, hashpriceUsdPerPhDay: 60, poolFee: 0, pue: 1 };

describe("a machine of 30.5 J/TH at 0.06 $ per TH/s and day", () => {
  it("breaks even at 81.97 $/MWh: 0.06 $ ÷ 0.732 kWh", () => {
    expect(breakevenUsdPerMwh(machine)).toBeCloseTo(81.97, 2);
  });

  it("that takes a quarter less breaks even at 109.29 $/MWh", () => {
    expect(breakevenUsdPerMwh({ ...machine, joulesPerTh: 30.5 * 0.75 })).toBeCloseTo(109.29, 2);
  });

  it("may cost 7.33 $/TH to be paid back in 456 days at 60 $/MWh: (0.06 − 0.04392) × 456", () => {
    expect(fairValueUsdPerTh(machine, 60, 456)).toBeCloseTo(7.33, 2);
  });

  it("is worth the sum over a forward curve's months: 17 d × 0.01608 + 30 d × 0.01008 + 13 d × 0.00608 = 0.65 $/TH", () => {
    const curve = [
      { month: "2026-10", usdPerPhDay: 60 },
      { month: "2026-11", usdPerPhDay: 54 },
      { month: "2026-12", usdPerPhDay: 50 },
    ];
    const from = "2026-10-15";
    expect(fairValueOnCurveUsdPerTh(machine, 60, { from, paybackDays: 60 }, curve)).toBeCloseTo(0.6548, 9);
    expect(fairValueOnCurveUsdPerTh(machine, 60, { from, paybackDays: 79 }, curve)).toBeUndefined();
  });

  it("is worth 7.33 $/TH in 456 days on a curve that stays flat, over a year's end", () => {
    const curve = ["2026", "2027"].flatMap((year) =>
      Array.from({ length: 12 }, (_, i) => ({ month: `${year}-${String(i + 1).padStart(2, "0")}`, usdPerPhDay: 60 })),
    );
    const span = { from: "2026-02-15", paybackDays: 456 };
    expect(fairValueOnCurveUsdPerTh(machine, 60, span, curve)).toBeCloseTo(fairValueUsdPerTh(machine, 60, 456), 9);
  });

  it("is worth less than nothing at a price of power above its breakeven", () => {
    expect(fairValueUsdPerTh(machine, 90, 456)).toBeLessThan(0);
  });

  it("loses pool fee and cooling: 81.97 × 0.98 ÷ 1.05", () => {
    expect(breakevenUsdPerMwh({ ...machine, poolFee: 0.02, pue: 1.05 })).toBeCloseTo(76.5, 2);
  });

  it("breaks even where the ladder of decisions has it: the step from nothing to all of it", () => {
    const modes = [
      { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" as const } },
      { modeId: "normal", hashrateThs: 100, powerW: 3_050, setpoint: { kind: "percent" as const, percent: 100 } },
    ];
    const terms = site({ poolFee: 0.02, pue: 1.05, avoidableAddersUsdPerMwh: 5 });
    const [step] = modeStrikes(cohort({ modes }), 60, terms);
    expect(step?.grossUsdPerMwh).toBeCloseTo(breakevenUsdPerMwh({ ...machine, poolFee: 0.02, pue: 1.05 }), 9);
  });
});

describe("what a bitcoin costs", () => {
  // 100 PH/s at 50,000 sats a PH/s and day: 0.05 BTC a day, 1.521875 BTC a month
  const made = { phs: 100, mw: 3, satsPerPhDay: 50_000, poolFee: 0, powerUsdPerMwh: 40 };
  const costs = {
    hostingUsdPerMwh: 10,
    depreciationUsdPerMonth: 15_218.75,
    sgaUsdPerMonth: 30_437.5,
    interestUsdPerMonth: 7_609.375,
  };

  it("3 MW at 50 $/MWh for 730.5 h are 109,575 $, 72,000 a bitcoin; 10,000 depreciation, 20,000 SG&A, 5,000 interest", () => {
    const cost = productionCost(made, costs);
    expect(cost.marginalUsdPerBtc).toBeCloseTo(72_000, 6);
    expect(cost.directUsdPerBtc).toBeCloseTo(82_000, 6);
    expect(cost.totalUsdPerBtc).toBeCloseTo(102_000, 6);
    expect(cost.operationalUsdPerBtc).toBeCloseTo(97_000, 6);
  });

  it("a pool fee of 2 % makes each dearer by 1 ÷ 0.98", () => {
    expect(productionCost({ ...made, poolFee: 0.02 }, costs).marginalUsdPerBtc).toBeCloseTo(72_000 / 0.98, 6);
  });

  it.each([
    ["hostingUsdPerMwh", []],
    ["depreciationUsdPerMonth", ["marginalUsdPerBtc", "operationalUsdPerBtc"]],
    ["sgaUsdPerMonth", ["marginalUsdPerBtc", "directUsdPerBtc"]],
    ["interestUsdPerMonth", ["marginalUsdPerBtc", "directUsdPerBtc", "totalUsdPerBtc"]],
  ] as const)("without %s what is known is %s, and nothing is counted as 0", (key, known) => {
    const { [key]: _lacking, ...rest } = costs;
    const found = Object.entries(productionCost(made, rest)).flatMap(([name, usd]) =>
      usd === undefined ? [] : [name],
    );
    expect(found.toSorted()).toEqual([...known].toSorted());
  });
});

describe("what being off is worth", () => {
  it("four quarter hours at 30, 100, 60 and 250 $/MWh above a strike of 70: (30 + 180) ÷ 4 $ in an hour, 38,351.25 a month", () => {
    const value = curtailmentValue([30, 100, 60, 250], 70);
    expect(value?.usdPerMwMonth).toBeCloseTo(52.5 * 730.5, 6);
    expect(value?.offShare).toBe(0.5);
  });

  it("is nothing where no price lies above the strike, and not known without a price", () => {
    expect(curtailmentValue([70, -20], 70)).toEqual({ usdPerMwMonth: 0, offShare: 0 });
    expect(curtailmentValue([], 70)).toBeUndefined();
  });
});

describe("what power costs", () => {
  const blocks = [
    { quantityKw: 600, usdPerMwh: 30 },
    { quantityKw: 300, usdPerMwh: 40 },
  ];

  it("blocks in their order, the rest at the mean price, and the adders: (600·30 + 300·40 + 100·90) ÷ 1,000 + 5", () => {
    expect(powerUsdPerMwh({ loadKw: 1_000, blocks, addersUsdPerMwh: 5, meanUsdPerMwh: 90 })).toBeCloseTo(44, 9);
  });

  it("blocks alone where they cover the load, and not known where they do not and no price is", () => {
    expect(powerUsdPerMwh({ loadKw: 750, blocks, addersUsdPerMwh: 5 })).toBeCloseTo(37, 9);
    expect(powerUsdPerMwh({ loadKw: 1_000, blocks, addersUsdPerMwh: 5 })).toBeUndefined();
  });
});
