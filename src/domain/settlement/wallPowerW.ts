import type { CohortPlan, SitePlan } from "../decision/model.ts";
import { UnitError } from "../units/instant.ts";

/**
 * Power of one machine in a mode as money counts it: wall watts (machine W × PUE), rounded to whole W. @throws
 * UnitError for a mode that the cohort does not have.
 */
export function wallPowerW(plan: Pick<SitePlan, "pue">, cohort: CohortPlan, modeId: string): number {
  const mode = cohort.modes.find((one) => one.modeId === modeId);
  if (mode === undefined) throw new UnitError(`cohort ${cohort.cohortId}: no mode "${modeId}"`);
  return Math.round(mode.powerW * plan.pue);
}
