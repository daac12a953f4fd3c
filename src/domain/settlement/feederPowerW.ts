import type { CohortPlan, SitePlan } from "../decision/model.ts";
import { UnitError } from "../units/instant.ts";

/**
 * Power of one machine in a mode as money counts it: W at the feeder of its client, rounded to whole W. That is machine
 * W × the feeder's own factor; cooling that the feeder does not carry is in the site's `pue` alone. A plan that was
 * frozen without `feederPue` is counted by `pue`, as its days were settled. @throws UnitError for a mode that the
 * cohort does not have.
 */
export function feederPowerW(plan: Pick<SitePlan, "pue">, cohort: CohortPlan, modeId: string): number {
  const mode = cohort.modes.find((one) => one.modeId === modeId);
  if (mode === undefined) throw new UnitError(`cohort ${cohort.cohortId}: no mode "${modeId}"`);
  return Math.round(mode.powerW * (cohort.feederPue ?? plan.pue));
}
