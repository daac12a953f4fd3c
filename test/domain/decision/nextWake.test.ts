import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cohortAfter } from "../../../src/domain/decision/cohortAfter.ts";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { CohortDecision, DecisionInput } from "../../../src/domain/decision/model.ts";
import { intervalKey, intervalStart, settlementInterval } from "../../../src/domain/market/calendar.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { all, at, clockOf, cohort, cohortOfStrike, inputAt, site, order } from "./site.ts";

const splits = ({ cohorts }: { cohorts: readonly Pick<CohortDecision, "split">[] }): string[] =>
  cohorts.map(({ split }) => splitText(split));

const runs = (lmpUsdPerMwh: number) => ["18:44:50", "18:54:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh }));

describe("the next wake", () => {
  it("is a hold's end that an order hides: half is down by the order, the price wants the rest from 18:58 on", () => {
    const plan = site({ cohorts: [cohort({ minOnMinutes: 60 })] });
    const cameOn = { split: all("normal"), leftSplit: all("off"), since: at("17:58:00"), reason: "economic" } as const;
    const spike = inputAt(plan, 2_000, {
      asOf: at("18:57:00"),
      scedRuns: runs(2_000),
      orders: [order({ demand: { kind: "target", kw: 150 } })],
      cohorts: [{ cohortId: "a", ...cameOn }],
    });
    const output = decide(plan, spike);
    expect(output.cohorts[0]).toMatchObject({ reason: "operator-order", heldUntil: undefined });
    expect(splits(output)).toEqual(["50 off, 50 normal"]);
    expect(clockOf(output.nextWakeAt)).toBe("18:58:00");
  });

  it("is no hold's end where a rule leaves the price no room: off by an order until 20:00, the price alone is stale at 19:05", () => {
    const plan = site({ cohorts: [cohort({ minOffMinutes: 60 })] });
    const wentOff = { split: all("off"), leftSplit: all("normal"), since: at("17:58:00"), reason: "economic" } as const;
    const cheap = inputAt(plan, 20, {
      asOf: at("18:57:00"),
      scedRuns: runs(20),
      orders: [order({})],
      cohorts: [{ cohortId: "a", ...wentOff }],
    });
    expect(clockOf(decide(plan, cheap).nextWakeAt)).toBe("19:04:50");
  });

  it("is the end of another's move on one run, whose 300 kW are then free again: 330 s after 18:31:00", () => {
    const plan = site({
      singleSourceMwMax: 0.3,
      cohorts: [cohortOfStrike("a", "S19", 75), cohortOfStrike("b", "S21", 90)],
    });
    const moved = { at: at("18:31:00"), from: all("normal"), to: all("off") };
    const spike = inputAt(plan, 20, {
      scedRuns: [
        { scedAt: at("18:29:50"), lmpUsdPerMwh: 20 },
        { scedAt: at("18:33:50"), lmpUsdPerMwh: 2_000, knownAt: at("18:34:00") },
      ],
      cohorts: [
        {
          cohortId: "a",
          split: all("off"),
          leftSplit: all("normal"),
          since: moved.at,
          reason: "economic",
          onOneRun: [moved],
        },
        { cohortId: "b", split: all("normal"), reason: "economic" },
      ],
    });
    const output = decide(plan, spike);
    expect(splits(output)).toEqual(["off", "normal"]);
    expect(clockOf(output.cohorts[1]?.heldUntil)).toBe("18:39:30");
    expect(clockOf(output.nextWakeAt)).toBe("18:36:30");
    expect(splits(decide(plan, later(spike, at("18:36:30"))))).toEqual(["off", "off"]);
  });

  const anyCohort = fc.record({
    strike: fc.constantFrom(45, 75, 90),
    normal: fc.integer({ min: 0, max: 100 }),
    left: fc.integer({ min: 0, max: 100 }),
    movedMinutes: fc.integer({ min: 1, max: 70 }),
    minutes: fc.constantFrom(0, 30, 60),
  });
  const anyOrder = fc.record({
    kw: fc.integer({ min: 0, max: 900 }),
    isFloor: fc.boolean(),
    untilMinutes: fc.integer({ min: 1, max: 60 }),
  });
  it("comes before anything changes by itself, whatever orders hide", () => {
    let waited = 0;
    fc.assert(
      fc.property(
        fc.array(anyCohort, { minLength: 1, maxLength: 3 }),
        fc.array(anyOrder, { maxLength: 2 }),
        fc.constantFrom(20, 60, 80, 2_000),
        (drawn, orders, lmp) => {
          const plan = site({
            staleness: { scedPriceSeconds: 3_600, gridConditionSeconds: 300, hashpriceSeconds: 172_800 },
            cohorts: drawn.map(({ strike, minutes }, i) => ({
              ...cohortOfStrike("abc"[i]!, "S19", strike),
              minOffMinutes: minutes,
              minOnMinutes: minutes,
            })),
          });
          const now = at("18:33:00");
          const input = inputAt(plan, lmp, {
            asOf: now,
            orders: orders.map(({ kw, isFloor, untilMinutes }, i) => ({
              ...order({ orderId: `o-${i}`, until: addSeconds(now, 60 * untilMinutes) }),
              ...(isFloor ? { action: "run" as const, minKw: kw } : { demand: { kind: "target" as const, kw } }),
            })),
            cohorts: drawn.map(({ normal, left, movedMinutes }, i) => ({
              cohortId: "abc"[i]!,
              split: onOf(normal),
              leftSplit: onOf(left),
              since: addSeconds(now, -60 * movedMinutes),
              reason: "economic",
            })),
          });
          const output = decide(plan, input);
          const carriedOut = {
            ...input,
            cohorts: input.cohorts.map((state, i) => cohortAfter(plan.cohorts[i]!, state, output.cohorts[i]!, now)),
          };
          const end = output.nextWakeAt ?? at("19:00:00");
          for (let t = addSeconds(now, 60); t < end && t < at("18:45:00"); t = addSeconds(t, 60)) {
            expect(splits(decide(plan, later(carriedOut, t))), `at ${clockOf(t)}, woken at ${clockOf(end)}`).toEqual(
              splits(output),
            );
            waited++;
          }
        },
      ),
      { numRuns: 250, seed: 20_261_128 },
    );
    expect(waited).toBeGreaterThan(300);
  }, 60_000);
});

function onOf(normal: number): { modeId: string; machines: number }[] {
  return [
    { modeId: "off", machines: 100 - normal },
    { modeId: "normal", machines: normal },
  ].filter(({ machines }) => machines > 0);
}

/** The same input a little later, nothing new having come. */
function later(input: DecisionInput, asOf: DecisionInput["asOf"]): DecisionInput {
  const interval = settlementInterval(asOf);
  return {
    ...input,
    asOf,
    intervalKey: intervalKey(interval),
    intervalStart: intervalStart(interval),
    facts: { ...input.facts, orders: input.facts.orders.filter(({ until }) => until > asOf) },
  };
}
