import type { InstructedSite } from "../inputs/instructionWord.ts";
import type { SitePlan } from "./planModel.ts";
import { constantKw } from "./siteKw.ts";

/** What of a site an instruction must fit: its cohorts, and its load with every machine at its highest mode, kW. */
export function instructedSite(plan: SitePlan, isRetired: boolean): InstructedSite {
  const { siteId, cohorts, pue } = plan;
  const machinesW = cohorts.reduce((sum, { machines, modes }) => {
    const highestW = modes.at(-1)?.powerW;
    return highestW === undefined ? sum : sum + machines * highestW;
  }, 0);
  return {
    siteId,
    maxKw: constantKw(plan) + (machinesW * pue) / 1000,
    cohortIds: cohorts.map(({ cohortId }) => cohortId),
    reserveResources: plan.reserve?.resources.map(({ resource }) => resource) ?? [],
    isRetired,
  };
}
