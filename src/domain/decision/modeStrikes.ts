import type { CohortPlan, SitePlan } from "./planModel.ts";

/** A neighboring pair of modes and the prices that separate them. */
export interface ModeComparison {
  readonly lowerModeId: string;
  readonly upperModeId: string;
  /** Value of the step up, $/h for the whole cohort: Δhashrate · hashprice · (1 − pool fee) / 24. */
  readonly valueUsdPerH: number;
  /** Cost of the step up, $/h: ΔMW · (expected price + adders). */
  readonly costUsdPerH: number;
  readonly deltaMw: number;
  /** Gross value G of the step up, $/MWh: value ÷ MW. */
  readonly grossUsdPerMwh: number;
  /** Marginal strike K, $/MWh: G net of avoidable adders. */
  readonly strikeUsdPerMwh: number;
  readonly offAboveUsdPerMwh: number;
  readonly onBelowUsdPerMwh: number;
}

/** A neighboring pair of modes before a price is known. */
export type ModeStrike = Omit<ModeComparison, "costUsdPerH">;

/** What of a site's plan a strike depends on. */
export type StrikeTerms = Pick<SitePlan, "poolFee" | "pue" | "avoidableAddersUsdPerMwh" | "economic">;

/**
 * Marginal strike of each neighboring pair of a cohort's modes, lowest pair first:
 * K = ΔH · hashprice · (1 − pool fee) / 24 ÷ ΔP − avoidable adders, with ΔH in PH/s and ΔP in MW including PUE, for the
 * whole cohort. The switching thresholds lie at a share of the gross value G = K + adders from K, since what a restart
 * loses is gross: off above K + (offFactor − 1) · G, on below K − (1 − onFactor) · G. At 39 $/PH/day, 17.5 J/TH, PUE
 * 1.05 and no fee or adder K is 88.435 $/MWh.
 */
export function modeStrikes(cohort: CohortPlan, hashpriceUsdPerPhDay: number, plan: StrikeTerms): ModeStrike[] {
  return cohort.modes.slice(1).map((upper, index) => {
    const lower = cohort.modes[index] ?? upper;
    const deltaPhs = ((upper.hashrateThs - lower.hashrateThs) * cohort.machines) / 1000;
    const deltaMw = ((upper.powerW - lower.powerW) * cohort.machines * plan.pue) / 1_000_000;
    const valueUsdPerH = (deltaPhs * hashpriceUsdPerPhDay * (1 - plan.poolFee)) / 24;
    const gross = valueUsdPerH / deltaMw;
    const strike = gross - plan.avoidableAddersUsdPerMwh;
    return {
      lowerModeId: lower.modeId,
      upperModeId: upper.modeId,
      valueUsdPerH,
      deltaMw,
      grossUsdPerMwh: gross,
      strikeUsdPerMwh: strike,
      offAboveUsdPerMwh: strike + (plan.economic.offFactor - 1) * gross,
      onBelowUsdPerMwh: strike - (1 - plan.economic.onFactor) * gross,
    };
  });
}
