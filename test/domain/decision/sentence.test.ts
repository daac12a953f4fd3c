import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { DecisionInput, DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { disagreements, formOf } from "./readSentence.ts";
import { all, at, cohort, cohortOfStrike, inputAt, site } from "./site.ts";

const stepped = cohort({
  cohortId: "steps-7",
  model: "S19k Pro",
  minOffMinutes: 60,
  minOnMinutes: 15,
  modes: [
    { modeId: "off", hashrateThs: 0, powerW: 25, setpoint: { kind: "off" } },
    { modeId: "415MHz", hashrateThs: 85.7, powerW: 1785, setpoint: { kind: "profile", profile: "415MHz" } },
    { modeId: "490MHz", hashrateThs: 101.1, powerW: 2192, setpoint: { kind: "profile", profile: "490MHz" } },
    { modeId: "normal", hashrateThs: 121.8, powerW: 2794, setpoint: { kind: "profile", profile: "default" } },
  ],
});
const locked = cohort({ cohortId: "c", model: "M50", lockedOut: true });

const anyPlan = fc
  .record({
    offFactor: fc.constantFrom(1.25, 1.125, 1.0625, 1),
    onFactor: fc.constantFrom(0.9, 0.875, 1),
    adderShare: fc.constantFrom(0, 0.5),
    adders: fc.constantFrom(0, 4.25, 120),
    pue: fc.constantFrom(1, 1.07),
    singleSourceMwMax: fc.constantFrom(0.3205, 0.65, 100),
    control: fc.oneof({ weight: 4, arbitrary: fc.constant("act" as const) }, fc.constant("advise" as const)),
  })
  .map(({ offFactor, onFactor, adderShare, adders, pue, singleSourceMwMax, control }) =>
    site({
      control,
      cohorts: [stepped, cohort({ cohortId: "b" }), cohortOfStrike("b-2", "S19j Pro", 75.003), locked],
      economic: { offFactor, onFactor, adderShare },
      avoidableAddersUsdPerMwh: adders,
      pue,
      singleSourceMwMax,
      gridSource: "feed",
    }),
  );

const anyDecision = anyPlan.chain((plan) =>
  fc
    .record({
      price: fc.oneof(
        { weight: 3, arbitrary: fc.double({ min: -260, max: 5200, noNaN: true }) },
        { weight: 4, arbitrary: priceNear(plan) },
      ),
      from: fc.constantFrom("off", "415MHz", "490MHz", "normal"),
      sinceMinutes: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
      level: fc.oneof(
        { weight: 6, arbitrary: fc.constant<GridLevel>("normal") },
        fc.constantFrom<GridLevel>("eea1", "eea2", "unknown"),
      ),
      prcMw: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        fc.constantFrom(2_999, 2_999.9, 2_710, 1_200.25),
      ),
      silent: fc.oneof(
        { weight: 6, arbitrary: fc.constant<string[]>([]) },
        fc.subarray<string>(["sced-lmp", "grid-condition", "hashprice", "meter"]),
      ),
      ordered: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
      instructed: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
      settled: fc.boolean(),
      early: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      frozen: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray(["steps-7", "b"])),
    })
    .map(({ price, from, sinceMinutes, level, prcMw, silent, ordered, instructed, settled, early, frozen }) => ({
      plan,
      input: inputAt(plan, price, {
        ...(early ? { asOf: at("18:31:00"), scedRuns: [{ scedAt: at("18:25:10"), lmpUsdPerMwh: price }] } : undefined),
        grid: {
          level,
          assumed: false,
          ...(prcMw === undefined ? {} : { preAlert: { prcMw, belowMw: 3_000, observedAt: at("18:34:00") } }),
        },
        silentFeeds: silent,
        ...(frozen.length === 0 ? {} : { frozenCohorts: frozen }),
        orders: ordered
          ? [
              {
                orderId: "o-12",
                actor: "desk@pecan",
                reason: "breaker 4 of 9 in test",
                action: "curtail",
                cohortIds: ["b"],
                from: at("18:00:00"),
                until: at("20:00:00"),
              },
            ]
          : [],
        instructions: instructed
          ? [{ instructionId: "vdi-7", issuer: "QSE-1", action: "curtail", from: at("18:00:00") }]
          : [],
        ...(settled
          ? { lastSettled: { intervalKey: "2024-08-20/19/1" as never, priceUsdPerMwh: 90, adderUsdPerMwh: 12.34 } }
          : {}),
        cohorts: plan.cohorts.map(({ cohortId, modes }, i) => ({
          cohortId,
          split: all(i === 0 || from === "off" ? from : "normal", plan.cohorts[i]?.machines),
          reason: "economic" as const,
          ...(sinceMinutes === undefined || modes.length < 3
            ? {}
            : { since: addSeconds(at("18:35:00"), -60 * sinceMinutes) }),
        })),
      }),
    })),
);

/**
 * Prices from a ten-thousandth below a threshold of the plan to as much above it, where rounding could turn the words
 * into a lie.
 */
function priceNear(plan: SitePlan): fc.Arbitrary<number> {
  const thresholds = decide(plan, inputAt(plan, 50, { grid: { level: "normal", assumed: false } })).cohorts.flatMap(
    ({ comparisons }) => comparisons.flatMap((pair) => [pair.offAboveUsdPerMwh, pair.onBelowUsdPerMwh]),
  );
  return fc
    .tuple(fc.constantFrom(...thresholds), fc.constantFrom(-0.004, -0.0001, -0.00001, 0, 0.00001, 0.0001, 0.004))
    .map(([threshold, by]) => threshold + by);
}

function recordOf(plan: SitePlan, input: DecisionInput): DecisionRecord {
  const record = {
    schema: "ballast.decision/2",
    siteId: plan.siteId,
    sequence: 1,
    ruleSet: "hysteresis/1",
    planHash: "plan",
    input,
    output: decide(plan, input),
    previousHash: "genesis",
  };
  return JSON.parse(JSON.stringify(record)) as DecisionRecord;
}

describe("what a decision says, read back", () => {
  it("every number of every sentence is in the record or the plan, and the stated numbers stand as the words say", () => {
    const forms = new Map<string, number>();
    fc.assert(
      fc.property(anyDecision, ({ plan, input }) => {
        const record = recordOf(plan, input);
        for (const one of record.output.cohorts) forms.set(formOf(one), (forms.get(formOf(one)) ?? 0) + 1);
        expect(disagreements(plan, record)).toEqual([]);
      }),
      { numRuns: 3_000, seed: 20_261_121 },
    );
    for (const form of [
      "moves",
      "stays",
      "held",
      "first run",
      "capped",
      "silence",
      "instruction",
      "operator-order",
      "eea-policy",
      "pre-alert",
      "lock-out",
    ])
      expect(forms.get(form), form).toBeGreaterThan(20);
  });

  it("a price of 93.7501 above a threshold of 93.75 is shown with the decimals that tell them apart", () => {
    const plan = site();
    expect(decide(plan, inputAt(plan, 93.7501)).cohorts[0]?.sentence).toBe(
      "S19j Pro to go off: expected settlement price 93.7501 $/MWh for 18:30-18:45 is above 93.7500 (1.25 × strike 75.0000).",
    );
  });

  it("a factor of 1.125 is not rounded to 1.13", () => {
    const plan = site({ economic: { offFactor: 1.125, onFactor: 0.9, adderShare: 0 } });
    expect(decide(plan, inputAt(plan, 131.2)).cohorts[0]?.sentence).toContain("is above 84.38 (1.125 × strike 75.00)");
  });

  it.each([
    ["price", "131.20", "131.21"],
    ["threshold", "93.75", "93.76"],
    ["factor", "1.25", "1.26"],
    ["strike", "75.00", "75.01"],
    ["interval", "18:45", "18:46"],
    ["word", "above", "below"],
  ])("another %s in the sentence is noticed", (_what, stated, forged) => {
    const plan = site();
    const record = recordOf(plan, inputAt(plan, 131.2));
    const [cohort] = record.output.cohorts;
    const forgedCohort = { ...cohort, sentence: cohort?.sentence.replace(stated, forged) } as typeof cohort;
    expect(
      disagreements(plan, {
        ...record,
        output: { ...record.output, cohorts: [forgedCohort as NonNullable<typeof cohort>] },
      }),
    ).not.toEqual([]);
  });

  it.each([
    ["power", "300.0 kW", "301.0 kW"],
    ["number of machines", "100 of 100", "99 of 100"],
    ["mode", "machines off", "machines to normal"],
    ["price", "131.20", "131.30"],
  ])("another %s in the site's sentence is noticed", (_what, stated, forged) => {
    const plan = site();
    const record = recordOf(plan, inputAt(plan, 131.2));
    expect(record.output.sentence).toContain(stated);
    expect(
      disagreements(plan, {
        ...record,
        output: { ...record.output, sentence: record.output.sentence.replace(stated, forged) },
      }),
    ).not.toEqual([]);
  });
});
