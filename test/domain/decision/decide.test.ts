import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import { modeStrikes } from "../../../src/domain/decision/modeStrikes.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import type { CohortState, DecisionInput } from "../../../src/domain/decision/model.ts";
import { RULES, ruleOf } from "../../../src/domain/decision/rules/index.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { HASHPRICE_FOR_75, all, at, clockOf, cohort, cohortOfStrike, inputAt, modes, site } from "./site.ts";

const steps = cohort({
  model: "S19k Pro",
  modes: [
    { modeId: "off", hashrateThs: 0, powerW: 25, setpoint: { kind: "off" } },
    { modeId: "415MHz", hashrateThs: 85.7, powerW: 1785, setpoint: { kind: "profile", profile: "415MHz" } },
    { modeId: "490MHz", hashrateThs: 101.1, powerW: 2192, setpoint: { kind: "profile", profile: "490MHz" } },
    { modeId: "normal", hashrateThs: 121.8, powerW: 2794, setpoint: { kind: "profile", profile: "default" } },
  ],
});
const off: CohortState = { cohortId: "a", split: all("off"), reason: "economic" };
const order = (changes: Partial<OperatorOrder> = {}): OperatorOrder => ({
  orderId: "o-1",
  actor: "desk@pecan",
  reason: "testing breakers",
  action: "curtail",
  from: at("18:00:00"),
  until: at("20:00:00"),
  ...changes,
});
const instruction: GridInstruction = { instructionId: "vdi-7", issuer: "QSE", action: "curtail", from: at("18:00:00") };

describe("marginal strike", () => {
  const terms = { pue: 1.05, poolFee: 0, avoidableAddersUsdPerMwh: 0, economic: site().economic };
  const machine = (jPerTh: number) =>
    cohort({
      modes: [
        { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
        { modeId: "normal", hashrateThs: 200, powerW: 200 * jPerTh, setpoint: { kind: "profile", profile: "default" } },
      ],
    });

  it.each([
    [17.5, 1, 92.857],
    [17.5, 1.05, 88.435],
    [21, 1.05, 73.696],
    [30, 1.05, 51.587],
  ])("39 $/PH/day at %d J/TH and PUE %d is %d $/MWh", (jPerTh, pue, strike) => {
    expect(modeStrikes(machine(jPerTh), 39, { ...terms, pue })[0]?.strikeUsdPerMwh).toBeCloseTo(strike, 3);
  });

  it("counts pool fee and avoidable adders once: 88.435 · 0.98 − 5 = 81.667", () => {
    const [pair] = modeStrikes(machine(17.5), 39, { ...terms, poolFee: 0.02, avoidableAddersUsdPerMwh: 5 });
    expect(pair?.strikeUsdPerMwh).toBeCloseTo(88.43537 * 0.98 - 5, 4);
  });

  it("falls from step to step up: the last 20.7 TH/s of an S19k Pro are worth least", () => {
    const strikes = modeStrikes(steps, 39, { ...terms, pue: 1 }).map((pair) => pair.strikeUsdPerMwh);
    expect(strikes.map((strike) => strike.toFixed(2))).toEqual(["79.13", "61.49", "55.88"]);
  });

  it.each([
    [0, "88.44", "110.54", "79.59"],
    [28.4353741496598, "60.00", "82.11", "51.16"],
    [88.4353741496598, "0.00", "22.11", "-8.84"],
    [98.4353741496598, "-10.00", "12.11", "-18.84"],
  ])(
    "with adders of %d the strike is %s, off above %s, on below %s: a quarter and a tenth of 88.435 away",
    (...row) => {
      const [avoidableAddersUsdPerMwh, ...shown] = row;
      const [pair] = modeStrikes(machine(17.5), 39, { ...terms, pue: 1.05, avoidableAddersUsdPerMwh });
      const { strikeUsdPerMwh = NaN, offAboveUsdPerMwh = NaN, onBelowUsdPerMwh = NaN } = pair ?? {};
      expect([strikeUsdPerMwh, offAboveUsdPerMwh, onBelowUsdPerMwh].map((usd) => usd.toFixed(2))).toEqual(shown);
    },
  );
});

describe("price alone, strike 75: off above 93.75, on below 67.50", () => {
  const plan = site();
  it.each([
    ["runs below the off threshold", "normal", 93.75, "normal"],
    ["goes off above it", "normal", 93.76, "off"],
    ["stays off in the band", "off", 67.5, "off"],
    ["comes back below the on threshold", "off", 67.49, "normal"],
  ])("%s", (_what, from, price, to) => {
    const output = decide(
      plan,
      inputAt(plan, price, { cohorts: [{ cohortId: "a", split: all(from), reason: "economic" }] }),
    );
    expect(modes(output)).toBe(`a:${to}/economic`);
    expect(output.changes).toBe(from !== to);
  });

  it("steps an S19k Pro down only as far as each step loses money", () => {
    const stepped = site({ cohorts: [steps] });
    const modeAt = (price: number) =>
      decide(stepped, inputAt(stepped, price, { hashprice: { usdPerPhDay: 39, asOf: at("00:00:00") } })).cohorts[0]
        ?.split[0]?.modeId;
    expect([60, 72, 90, 99].map(modeAt)).toEqual(["normal", "490MHz", "415MHz", "off"]);
  });

  it("accounts for what it compared: value and cost of the step, and the kW below normal", () => {
    const [decision] = decide(plan, inputAt(plan, 131.2)).cohorts;
    expect(decision).toMatchObject({
      ableMachines: 100,
      split: all("off"),
      curtailed: [{ reason: "economic", kw: 300 }],
      priceWish: all("off"),
      alsoApplicable: [],
    });
    expect(decision?.comparisons).toEqual([
      {
        lowerModeId: "off",
        upperModeId: "normal",
        deltaMw: 0.3,
        valueUsdPerH: 22.5,
        costUsdPerH: 0.3 * 131.2,
        grossUsdPerMwh: 75,
        strikeUsdPerMwh: 75,
        offAboveUsdPerMwh: 93.75,
        onBelowUsdPerMwh: 67.5,
      },
    ]);
    const taxed = site({ avoidableAddersUsdPerMwh: 15 });
    expect(decide(taxed, inputAt(taxed, 131.2)).cohorts[0]?.sentence).toBe(
      "S19j Pro to go off: expected settlement price 131.20 $/MWh for 18:30-18:45 is above 78.75 (1.25 × gross value 75.00 − adders 15.00).",
    );
    expect(decision?.sentence).toBe(
      "S19j Pro to go off: expected settlement price 131.20 $/MWh for 18:30-18:45 is above 93.75 (1.25 × strike 75.00).",
    );
  });

  it("adds the policy's share of the last settled adder, unless that interval is more than two old", () => {
    const half = site({ economic: { ...plan.economic, adderShare: 0.5 } });
    const settled = { intervalKey: "2024-08-20/19/1", priceUsdPerMwh: 0, adderUsdPerMwh: 40 };
    const expected = (intervalKey: string) =>
      decide(half, inputAt(half, 80, { lastSettled: { ...settled, intervalKey } })).expectedPrice?.expectedUsdPerMwh;
    expect(expected("2024-08-20/19/1")).toBe(100);
    expect(expected("2024-08-20/18/3")).toBe(80);
  });
});

describe("hold times", () => {
  const plan = site({ cohorts: [cohort({ minOffMinutes: 60, minOnMinutes: 30 })] });

  it("keep a cohort off for its minimum off time, say so, and wake the site when it ends", () => {
    const output = decide(
      plan,
      inputAt(plan, 20, { cohorts: [{ ...off, since: at("17:40:00"), leftSplit: all("normal") }] }),
    );
    expect(modes(output)).toBe("a:off/economic");
    expect(output.cohorts[0]).toMatchObject({ priceWish: all("normal"), heldUntil: at("18:40:00") });
    expect(clockOf(output.nextWakeAt)).toBe("18:39:50");
    expect(output.cohorts[0]?.sentence).toBe(
      "S19j Pro to stay off until 18:40:00: expected settlement price 20.00 $/MWh for 18:30-18:45 is below 67.50 (0.90 × strike 75.00), held by the minimum off time of 60 min.",
    );
  });

  it("end exactly at their minute", () => {
    const since = at("17:35:00");
    expect(modes(decide(plan, inputAt(plan, 20, { cohorts: [{ ...off, since, leftSplit: all("normal") }] })))).toBe(
      "a:normal/economic",
    );
  });

  it("keep a restarted cohort on against the price, but not against an instruction", () => {
    const restarted = [
      {
        cohortId: "a",
        split: all("normal"),
        since: at("18:20:00"),
        leftSplit: all("off"),
        reason: "economic" as const,
      },
    ];
    expect(modes(decide(plan, inputAt(plan, 500, { cohorts: restarted })))).toBe("a:normal/economic");
    expect(modes(decide(plan, inputAt(plan, 500, { cohorts: restarted, instructions: [instruction] })))).toBe(
      "a:off/instruction",
    );
  });

  it("do not keep a cohort from going on in the direction it took: from an underclock step down to off", () => {
    const stepped = site({ cohorts: [{ ...steps, minOnMinutes: 30, minOffMinutes: 60 }] });
    const cohorts = [
      {
        cohortId: "a",
        split: all("490MHz"),
        since: at("18:31:00"),
        leftSplit: all("normal"),
        reason: "economic" as const,
      },
    ];
    expect(
      modes(decide(stepped, inputAt(stepped, 500, { cohorts, hashprice: { usdPerPhDay: 39, asOf: at("00:00:00") } }))),
    ).toBe("a:off/economic");
  });

  it("are counted from the change of mode when an obligation ends", () => {
    const recalled = [
      {
        cohortId: "a",
        split: all("off"),
        since: at("18:10:00"),
        leftSplit: all("normal"),
        reason: "instruction" as const,
      },
    ];
    expect(decide(plan, inputAt(plan, 20, { cohorts: recalled })).cohorts[0]).toMatchObject({
      split: all("off"),
      reason: "economic",
      heldUntil: at("19:10:00"),
    });
  });
});

describe("obligations, orders and silence", () => {
  const plan = site();
  const grid = (level: GridLevel): DecisionInput["facts"]["grid"] => ({
    level,
    observedAt: at("18:30:00"),
    assumed: false,
  });

  it("attributes the kW to the highest reason and names the others", () => {
    const output = decide(
      plan,
      inputAt(plan, 500, { instructions: [instruction], grid: grid("eea3"), orders: [order()] }),
    );
    expect(output.cohorts[0]).toMatchObject({
      reason: "instruction",
      alsoApplicable: ["eea-policy", "operator-order", "economic"],
      curtailed: [{ reason: "instruction", kw: 300 }],
    });
    expect(output.cohorts[0]?.sentence).toBe("S19j Pro to go off: instruction vdi-7 of QSE.");
  });

  it.each([
    [
      "an instruction over a run order",
      { instructions: [instruction], orders: [order({ action: "run" })] },
      "a:off/instruction",
    ],
    ["EEA 2 over a run order", { grid: grid("eea2"), orders: [order({ action: "run" })] }, "a:off/eea-policy"],
    ["a run order over the price", { orders: [order({ action: "run" })] }, "a:normal/operator-order"],
    [
      "a run order over silence",
      { orders: [order({ action: "run" })], silentFeeds: ["meter" as const] },
      "a:normal/operator-order",
    ],
    [
      "the order accepted last",
      { orders: [order({ action: "run" }), order({ orderId: "o-2" })] },
      "a:off/operator-order",
    ],
    [
      "the price once the order has ended",
      { orders: [order({ action: "run", until: at("18:35:00") })] },
      "a:off/economic",
    ],
    [
      "the price before the order starts",
      { orders: [order({ action: "run", from: at("18:36:00") })] },
      "a:off/economic",
    ],
    [
      "an instruction for another cohort not at all",
      { instructions: [{ ...instruction, cohortIds: ["b"] }] },
      "a:off/economic",
    ],
  ])("obeys %s", (_what, changes, expected) => {
    expect(modes(decide(plan, inputAt(plan, 500, changes)))).toBe(expected);
  });

  it("EEA 1 blocks a restart that the price asks for, but takes nothing off", () => {
    expect(modes(decide(plan, inputAt(plan, 20, { cohorts: [off], grid: grid("eea1") })))).toBe("a:off/eea-policy");
    expect(modes(decide(plan, inputAt(plan, 20, { grid: grid("eea1") })))).toBe("a:normal/economic");
  });

  it("a run order starts nothing that the EEA policy holds off", () => {
    expect(
      modes(
        decide(plan, inputAt(plan, 20, { cohorts: [off], grid: grid("eea1"), orders: [order({ action: "run" })] })),
      ),
    ).toBe("a:off/eea-policy");
  });

  it("never moves a cohort under lock-out, not even for an instruction", () => {
    const locked = site({ cohorts: [cohort({ lockedOut: true })] });
    const output = decide(locked, inputAt(locked, 500, { instructions: [instruction] }));
    expect(modes(output)).toBe("a:normal/lock-out");
    expect(output.changes).toBe(false);
  });

  it("holds its modes when the newest SCED run is ten minutes old, without a price", () => {
    const fresh = decide(plan, inputAt(plan, 500, { asOf: at("18:39:49") }));
    const silent = decide(plan, inputAt(plan, 500, { asOf: at("18:39:50") }));
    expect(modes(fresh)).toBe("a:off/economic");
    expect(modes(silent)).toBe("a:normal/silence");
    expect(silent.expectedPrice).toBeUndefined();
    expect(silent.cohorts[0]?.comparisons).toEqual([]);
    expect(silent.cohorts[0]?.sentence).toBe(
      "S19j Pro to stay at normal: no current SCED price, the site's policy is to hold.",
    );
  });

  it.each([
    ["curtail", "normal", "a:off/silence"],
    ["run", "off", "a:normal/silence"],
    ["hold", "off", "a:off/silence"],
  ] as const)("a silent SCED feed with policy %s and a cohort %s: %s", (action, from, expected) => {
    const silent = site({ onSilence: { ...plan.onSilence, scedPrice: action } });
    expect(
      modes(
        decide(silent, inputAt(silent, 500, { silentFeeds: ["sced-lmp"], cohorts: [{ ...off, split: all(from) }] })),
      ),
    ).toBe(expected);
  });

  it("of several silent inputs the strictest policy acts", () => {
    const mixed = site({ onSilence: { ...plan.onSilence, hashprice: "run", meter: "curtail" } });
    expect(modes(decide(mixed, inputAt(mixed, 20, { silentFeeds: ["hashprice", "meter"] })))).toBe("a:off/silence");
  });

  it("a silent grid condition starts nothing and still lets a spike curtail", () => {
    const fed = site({ gridSource: "feed" });
    expect(modes(decide(fed, inputAt(fed, 20, { cohorts: [off], silentFeeds: ["grid-condition"] })))).toBe(
      "a:off/silence",
    );
    expect(modes(decide(fed, inputAt(fed, 500, { silentFeeds: ["grid-condition"] })))).toBe("a:off/economic");
  });

  it("never takes an unreadable grid level for normal", () => {
    const fed = site({ gridSource: "feed" });
    expect(modes(decide(fed, inputAt(fed, 20, { cohorts: [off], grid: grid("unknown") })))).toBe("a:off/silence");
  });

  it("does not decide on a hashprice that is missing or past its age", () => {
    expect(modes(decide(plan, inputAt(plan, 500, { hashprice: undefined })))).toBe("a:normal/silence");
    expect(
      modes(
        decide(
          plan,
          inputAt(plan, 500, {
            hashprice: { usdPerPhDay: HASHPRICE_FOR_75, asOf: "2024-08-18T23:00:00.000Z" as never },
          }),
        ),
      ),
    ).toBe("a:normal/silence");
  });
});

describe("single-source cap of 0.6 MW, three cohorts of 0.3 MW", () => {
  const plan = site({
    singleSourceMwMax: 0.6,
    cohorts: [
      cohortOfStrike("best", "S21", 90),
      cohortOfStrike("worst", "S19j Pro", 45),
      cohortOfStrike("middle", "S19k Pro", 70),
    ],
  });

  it("one run moves the worst strikes first and leaves the best for another run, aloud, for 330 s at most", () => {
    const output = decide(plan, inputAt(plan, 5000));
    expect(modes(output)).toBe("best:normal/economic worst:off/economic middle:off/economic");
    expect(output.cohorts[0]?.sentence).toBe(
      "S21 to stay at normal until 18:35:20: expected settlement price 5000.00 $/MWh for 18:30-18:45 is above 112.50 (1.25 × strike 90.00), but one SCED run may move no more than 0.600 MW; off waits for another run.",
    );
    expect(clockOf(output.nextWakeAt)).toBe("18:35:20");
  });

  it("a second decision on the same run moves no more, a decision on the next run moves the rest", () => {
    const moved = (cohortId: string) => ({
      cohortId,
      split: all("off"),
      leftSplit: all("normal"),
      since: at("18:30:50"),
      onOneRun: [{ at: at("18:30:50"), from: all("normal"), to: all("off") }],
      reason: "economic" as const,
    });
    const cohorts = [
      { cohortId: "best", split: all("normal"), reason: "economic" as const },
      moved("worst"),
      moved("middle"),
    ];
    expect(decide(plan, inputAt(plan, 5000, { cohorts })).changes).toBe(false);
    const later = {
      cohorts,
      scedRuns: [
        { scedAt: at("18:29:50"), lmpUsdPerMwh: 5000 },
        { scedAt: at("18:34:50"), lmpUsdPerMwh: 5000 },
      ],
    };
    expect(modes(decide(plan, inputAt(plan, 5000, later)))).toContain("best:off");
  });

  it("counts a move for what it was made for: an instruction's does not use up the limit, the price's still does", () => {
    const moved = { at: at("18:30:50"), from: all("normal"), to: all("off") };
    const left = (cohortId: string, movedBy: "economic" | "instruction", reason: "economic" | "instruction") => ({
      cohortId,
      split: all("off"),
      leftSplit: all("normal"),
      since: at("18:30:50"),
      reason,
      ...(movedBy === "economic" ? { onOneRun: [moved] } : {}),
    });
    const best = { cohortId: "best", split: all("normal"), reason: "economic" as const };
    const told = [best, left("worst", "instruction", "economic"), left("middle", "instruction", "economic")];
    expect(modes(decide(plan, inputAt(plan, 5000, { cohorts: told })))).toContain("best:off");
    const priced = [best, left("worst", "economic", "instruction"), left("middle", "economic", "instruction")];
    expect(modes(decide(plan, inputAt(plan, 5000, { cohorts: priced })))).toContain("best:normal");
  });

  it.each([
    ["330 s after the first run became known", at("18:35:20"), [], "best:off"],
    ["not a second earlier", at("18:35:19"), [], "best:normal"],
    [
      "then too where a later run lies on the other side and the expected price is still above",
      at("18:35:20"),
      [{ scedAt: at("18:34:50"), lmpUsdPerMwh: 50 }],
      "best:off",
    ],
    [
      "not before, whatever a later run on the other side says",
      at("18:35:19"),
      [{ scedAt: at("18:34:50"), lmpUsdPerMwh: 50 }],
      "best:normal",
    ],
    [
      "with no move at all where later runs have brought the expected price below the threshold",
      at("18:35:20"),
      [{ scedAt: at("18:34:50"), lmpUsdPerMwh: -5000 }],
      "best:normal",
    ],
    [
      "with a later run that is above 112.50 too",
      at("18:35:10"),
      [{ scedAt: at("18:34:50"), lmpUsdPerMwh: 113 }],
      "best:off",
    ],
    [
      "for the MW of a step that a later run confirms: they leave room for another",
      at("18:35:10"),
      [{ scedAt: at("18:34:50"), lmpUsdPerMwh: 112 }],
      "best:off",
    ],
  ])("ends %s", (_what, asOf, later, expected) => {
    const scedRuns = [{ scedAt: at("18:29:50"), lmpUsdPerMwh: 5000 }, ...later];
    const moved = (cohortId: string) => ({
      cohortId,
      split: all("off"),
      leftSplit: all("normal"),
      since: at("18:30:50"),
      onOneRun: [{ at: at("18:30:50"), from: all("normal"), to: all("off") }],
      reason: "economic" as const,
    });
    const best = { cohortId: "best", split: all("normal"), reason: "economic" as const };
    const one = site({ ...plan, singleSourceMwMax: 0.3, cohorts: plan.cohorts.slice(0, 2) });
    expect(modes(decide(one, inputAt(one, 0, { asOf, scedRuns, cohorts: [best, moved("worst")] })))).toContain(
      expected,
    );
  });

  it("lets a cohort go as far down as other runs carry it", () => {
    const one = site({ singleSourceMwMax: 0.05, cohorts: [{ ...steps, cohortId: "a" }] });
    const scedRuns = [
      { scedAt: at("18:29:50"), lmpUsdPerMwh: 90 },
      { scedAt: at("18:31:10"), lmpUsdPerMwh: 9999 },
    ];
    const output = decide(one, inputAt(one, 0, { scedRuns, hashprice: { usdPerPhDay: 39, asOf: at("00:00:00") } }));
    // 1,785 − 25 W a machine: 28 machines are the 0.05 MW that one run alone may move
    expect(output.cohorts[0]).toMatchObject({
      split: [
        { modeId: "off", machines: 28 },
        { modeId: "415MHz", machines: 72 },
      ],
      priceWish: all("off"),
      reason: "economic",
    });
    expect(output.cohorts[0]?.sentence).toContain("S19k Pro to go to 28 off and 72 at 415MHz until 18:36:40: ");
  });

  it("does not bind an instruction", () => {
    expect(
      decide(plan, inputAt(plan, 20, { instructions: [instruction] })).cohorts.every(
        (one) => splitText(one.split) === "off",
      ),
    ).toBe(true);
  });
});

describe("next look without new input", () => {
  const plan = site();

  it("is the next interval's start when the last LMP alone would decide otherwise there", () => {
    const scedRuns = [
      { scedAt: at("18:25:10"), lmpUsdPerMwh: 20 },
      { scedAt: at("18:30:10"), lmpUsdPerMwh: 4000 },
      { scedAt: at("18:35:10"), lmpUsdPerMwh: 20 },
    ];
    const output = decide(plan, inputAt(plan, 0, { asOf: at("18:36:10"), scedRuns }));
    expect(modes(output)).toBe("a:off/economic");
    expect(clockOf(output.nextWakeAt)).toBe("18:45:00");
  });

  it.each([
    ["120 s after the start where minimum times make a wrong move dear", 60, 60, "18:47:00"],
    ["the start itself where the next price undoes it", 0, 0, "18:45:00"],
  ])("is %s", (_what, minOffMinutes, minOnMinutes, expected) => {
    const held = site({ cohorts: [cohort({ minOffMinutes, minOnMinutes })] });
    const scedRuns = [
      { scedAt: at("18:29:50"), lmpUsdPerMwh: 20 },
      { scedAt: at("18:40:10"), lmpUsdPerMwh: 200 },
    ];
    const quiet = decide(held, inputAt(held, 0, { asOf: at("18:41:10"), scedRuns }));
    expect(modes(quiet)).toBe("a:normal/economic");
    expect(clockOf(quiet.nextWakeAt)).toBe(expected);
  });

  it("waits with the interval's first run missing, moves on it, and moves without it after 120 s", () => {
    const held = site({ cohorts: [cohort({ minOffMinutes: 60, minOnMinutes: 60 })] });
    const before = { scedAt: at("18:40:10"), lmpUsdPerMwh: 200 };
    const output = decide(held, inputAt(held, 0, { asOf: at("18:45:30"), scedRuns: [before] }));
    expect(output.cohorts[0]).toMatchObject({ split: all("normal"), priceWish: all("off"), heldUntil: at("18:47:00") });
    expect(output.cohorts[0]?.sentence).toBe(
      "S19j Pro to stay at normal until 18:47:00: expected settlement price 200.00 $/MWh for 18:45-19:00 is above 93.75 (1.25 × strike 75.00), waiting for the interval's first SCED run.",
    );
    const first = { scedAt: at("18:45:10"), lmpUsdPerMwh: 190 };
    const known = inputAt(held, 0, { asOf: at("18:46:10"), scedRuns: [before, first] });
    expect(modes(decide(held, known))).toBe("a:off/economic");
    expect(modes(decide(held, inputAt(held, 0, { asOf: at("18:47:00"), scedRuns: [before] })))).toBe("a:off/economic");
  });

  it("takes a run stamped just before the start for the interval's first", () => {
    const held = site({ cohorts: [cohort({ minOffMinutes: 60, minOnMinutes: 60 })] });
    const scedRuns = [
      { scedAt: at("18:30:10"), lmpUsdPerMwh: 20 },
      { scedAt: at("18:44:50"), lmpUsdPerMwh: 200 },
    ];
    const output = decide(held, inputAt(held, 0, { asOf: at("18:44:55"), scedRuns }));
    expect(clockOf(output.nextWakeAt)).toBe("18:45:00");
  });

  it("is the price's age limit on a quiet run", () => {
    expect(clockOf(decide(plan, inputAt(plan, 20)).nextWakeAt)).toBe("18:39:50");
  });

  it.each([
    ["an order's start", { orders: [order({ from: at("18:37:00") })] }, "18:37:00"],
    ["an order's end", { orders: [order({ until: at("18:36:00") })] }, "18:36:00"],
    ["an instruction's end", { instructions: [{ ...instruction, until: at("18:38:00") }] }, "18:38:00"],
  ])("is %s when that comes first", (_what, changes, expected) => {
    expect(clockOf(decide(plan, inputAt(plan, 20, changes)).nextWakeAt)).toBe(expected);
  });
});

describe("properties of any decision", () => {
  const plan = site({
    cohorts: [
      { ...steps, minOffMinutes: 60, minOnMinutes: 15 },
      cohort({ cohortId: "b" }),
      cohort({ cohortId: "c", lockedOut: true }),
    ],
    gridSource: "feed",
  });
  const anyInput = fc
    .record({
      price: fc.double({ min: -300, max: 9000, noNaN: true }),
      from: fc.constantFrom("off", "415MHz", "490MHz", "normal"),
      sinceMinutes: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
      level: fc.constantFrom<GridLevel>("normal", "conservation", "watch", "eea1", "eea2", "eea3", "unknown"),
      silentFeeds: fc.subarray<"sced-lmp" | "grid-condition" | "hashprice" | "meter">([
        "sced-lmp",
        "grid-condition",
        "hashprice",
        "meter",
      ]),
      orders: fc.subarray([order({ action: "run" }), order({ orderId: "o-2", cohortIds: ["b"] })]),
      instructions: fc.subarray([instruction, { ...instruction, instructionId: "vdi-8", cohortIds: ["b"] }]),
    })
    .map(({ price, from, sinceMinutes, level, silentFeeds, orders, instructions }) =>
      inputAt(plan, price, {
        grid: { level, assumed: false },
        silentFeeds,
        orders,
        instructions,
        cohorts: [
          {
            cohortId: "a",
            split: all(from),
            reason: "economic",
            ...(sinceMinutes === undefined
              ? {}
              : { since: new Date(Date.parse(at("18:35:00")) - sinceMinutes * 60_000).toISOString() as never }),
          },
          { cohortId: "b", split: all(from === "off" ? "off" : "normal"), reason: "economic" },
          { cohortId: "c", split: all("normal"), reason: "economic" },
        ],
      }),
    );

  it("is the same each time, looks forward, leaves locked-out machines alone and gives each reason once", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const frozen = JSON.stringify(input);
        const output = decide(plan, input);
        expect(JSON.stringify(decide(plan, JSON.parse(frozen) as DecisionInput))).toBe(JSON.stringify(output));
        expect(JSON.stringify(input)).toBe(frozen);
        expect(output.nextWakeAt === undefined || output.nextWakeAt > input.asOf).toBe(true);
        expect(output.cohorts[2]).toMatchObject({ split: all("normal"), reason: "lock-out" });
        for (const one of output.cohorts)
          expect(new Set([one.reason, ...one.alsoApplicable]).size).toBe(1 + one.alsoApplicable.length);
        if (input.facts.instructions.length > 0)
          expect(output.cohorts[1]).toMatchObject({
            split: all("off"),
            curtailed: [{ reason: "instruction", kw: 300 }],
          });
      }),
      { numRuns: 500 },
    );
  });

  it("a higher price never gives a higher mode", () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: 0, max: 5000, noNaN: true }), (input, more) => {
        const dearer = {
          ...input,
          facts: {
            ...input.facts,
            scedRuns: input.facts.scedRuns.map((run) => ({ ...run, lmpUsdPerMwh: run.lmpUsdPerMwh + more })),
          },
        };
        const index = (one: DecisionInput) =>
          decide(plan, one).cohorts.map(
            (decision, position) =>
              plan.cohorts[position]?.modes.findIndex((mode) => mode.modeId === decision.split[0]?.modeId) ?? NaN,
          );
        const [cheap, dear] = [index(input), index(dearer)];
        for (const [position, mode] of dear.entries()) expect(mode).toBeLessThanOrEqual(cheap[position] ?? NaN);
      }),
      { numRuns: 500 },
    );
  });
});

describe("settlement reason of a decision", () => {
  it("never pays machines that could not run, and never excuses the host for its own silent feeds", () => {
    const unpaid = RULES.filter(({ settlement }) => settlement === "UNAVAILABLE").map(({ reason }) => reason);
    expect(unpaid).toEqual(["lock-out", "safety-stop", "involuntary-shed"]);
    expect(ruleOf("silence").slaExclusion).toBeUndefined();
    expect(ruleOf("instruction").slaExclusion).toBe("GRID_RULE");
  });
});
