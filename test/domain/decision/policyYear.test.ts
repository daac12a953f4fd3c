import { beforeAll, describe, expect, it } from "vitest";
import {
  hubPrices,
  optimumUsdPerMw,
  stepPolicy,
  valueUsdPerMw,
  type HubPrices,
  type Move,
} from "../../../bench/support/policyYear.ts";
import type { CohortPlan, SitePlan } from "../../../src/domain/decision/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { dataDir, needsData } from "../ercotPrices.ts";
import { HASHPRICE_FOR_75, cohort, cohortOfStrike, site } from "./site.ts";

const LAG_SECONDS = 60;
const held = { minOffMinutes: 60, minOnMinutes: 60 };

function policySite(cohorts: readonly CohortPlan[], changes: Partial<SitePlan> = {}): SitePlan {
  return site({
    cohorts,
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 },
    staleness: { ...site().staleness, hashpriceSeconds: 1e9 },
    ...changes,
  });
}

const step = (plan: SitePlan, prices: HubPrices): Move[] => stepPolicy(plan, prices, HASHPRICE_FOR_75, LAG_SECONDS);

describe("value of being off, by hand", () => {
  const quarters = [100, 40, 40, 300, 60].map((priceUsdPerMwh, i) => ({
    startAt: addSeconds("2024-08-20T23:00:00.000Z" as never, 900 * i),
    intervalKey: "",
    priceUsdPerMwh,
  }));
  const prices = { hub: "HB_X", runs: [], quarters };

  it("is (price − strike) over the time off, less a quarter hour of the strike for each return", () => {
    const at = (seconds: number) => addSeconds("2024-08-20T23:00:00.000Z" as never, seconds);
    const moves = [
      { at: at(300), modeId: "off" },
      { at: at(1800), modeId: "normal" },
      { at: at(2700), modeId: "off" },
    ];
    // (100 − 75)·600 s + (40 − 75)·900 s + (300 − 75)·900 s + (60 − 75)·900 s − 75·15 min
    expect(valueUsdPerMw(moves, prices, 75, 15)).toEqual({
      usdPerMw: (25 * 600 - 35 * 900 + 225 * 900 - 15 * 900) / 3600 - 75 / 4,
      restarts: 1,
      hoursOff: 3300 / 3600,
    });
  });

  it("the optimum with foresight takes the two good quarters, and with limits only what pays for its return", () => {
    const free = { offQuarters: 0, onQuarters: 0, restartMinutes: 0 };
    expect(optimumUsdPerMw(prices, 75, free)).toEqual({ unconstrained: 62.5, constrained: 62.5 });
    // off for the fourth quarter and the fifth: 56.25 − 3.75, which saves the return at 18.75; the first pays 6.25 only
    const limits = { offQuarters: 2, onQuarters: 2, restartMinutes: 15 };
    expect(optimumUsdPerMw(prices, 75, limits).constrained).toBe(52.5);
  });
});

describe.skipIf(dataDir === undefined)(`the policy on published prices of 2024${needsData}`, () => {
  const folder = dataDir as string;

  it("HB_HOUSTON, strike 75: perfect foresight earns 36,798 $/MW, 33,839 under 60/60 minutes and a restart of 15", () => {
    const best = optimumUsdPerMw({ ...hubPrices(folder, "HB_HOUSTON", "2024"), runs: [] }, 75, {
      offQuarters: 4,
      onQuarters: 4,
      restartMinutes: 15,
    });
    expect([best.unconstrained, best.constrained].map(Math.round)).toEqual([36_798, 33_839]);
  });

  it("HB_HOUSTON, nine days of April, strike 75: hysteresis keeps above 90 % of the constrained optimum", () => {
    const prices = hubPrices(folder, "HB_HOUSTON", "2024-04-0");
    const best = optimumUsdPerMw(prices, 75, { offQuarters: 4, onQuarters: 4, restartMinutes: 15 });
    const moves = step(policySite([cohort(held)]), prices);
    expect(valueUsdPerMw(moves, prices, 75, 15).usdPerMw / best.constrained).toBeGreaterThan(0.9);
  });

  describe("HB_WEST on 2024-12-14, forty cohorts of 0.3 MW at strikes from 45 to 90, one of them a run", () => {
    const strikes = Array.from({ length: 40 }, (_, i) => 45 + (45 * i) / 39);
    const west = (singleSourceMwMax: number): SitePlan =>
      policySite(
        strikes.map((strike, i) => ({ ...cohortOfStrike(`c${i}`, `m${i}`, strike), ...held })),
        { settlementPoint: "HB_WEST", singleSourceMwMax },
      );
    let prices: HubPrices;
    beforeAll(() => {
      prices = hubPrices(folder, "HB_WEST", "2024-12-14");
    });
    const total = (moves: readonly Move[]): number =>
      strikes.reduce((sum, strike, i) => {
        const own = moves.filter((move) => move.cohortId === `c${i}`);
        return sum + valueUsdPerMw(own, prices, strike, 15).usdPerMw;
      }, 0);

    it("the single-source limit keeps at least 85 % of the day's value", () => {
      expect(total(step(west(0.3), prices)) / total(step(west(100), prices))).toBeGreaterThan(0.85);
    });

    it("one bad row of 9,999 moves no more than 0.3 MW for the 330 s in which the next run must speak", () => {
      const i = prices.runs.findIndex((run) => run.scedAt >= "2024-12-14T15:00:00.000Z");
      const bad = prices.runs[i] as HubPrices["runs"][number];
      const runs = prices.runs.with(i, { ...bad, lmpUsdPerMwh: 9999 });
      const end = addSeconds(bad.scedAt, 330);
      const down = (moves: readonly Move[]) =>
        moves.filter((move) => move.modeId === "off" && move.at > bad.scedAt && move.at < end).length;
      expect(down(step(west(0.3), prices))).toBe(0);
      expect(down(step(west(100), { ...prices, runs }))).toBe(40);
      expect(down(step(west(0.3), { ...prices, runs }))).toBe(1);
    });
  });
});
