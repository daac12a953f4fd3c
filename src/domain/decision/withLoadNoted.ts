import type { Demand } from "../inputs/demand.ts";
import { modePowerW } from "./frame.ts";
import type { CohortState, SitePlan } from "./model.ts";
import { constantKw } from "./siteKw.ts";

/**
 * An order or instruction to reduce load, with the load that it counts from: what its cohorts, or the site with its
 * firm and house load, are ordered to take when it is taken up, kW at the site meter. Anything else as it is.
 */
export function withLoadNoted<T extends { readonly demand?: Demand; readonly cohortIds?: readonly string[] }>(
  plan: SitePlan,
  cohorts: readonly CohortState[],
  asked: T,
): T {
  const { demand, cohortIds } = asked;
  if (demand?.kind !== "reduce" || demand.fromKw !== undefined) return asked;
  const machinesKw = plan.cohorts
    .filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true)
    .flatMap((cohort) => {
      const split = cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.split ?? [];
      return split.map(({ modeId, machines }) => (modePowerW(cohort, modeId) * machines * plan.pue) / 1000);
    })
    .reduce((sum, kw) => sum + kw, 0);
  const fromKw = cohortIds === undefined ? machinesKw + constantKw(plan) : machinesKw;
  return { ...asked, demand: { ...demand, fromKw } };
}
