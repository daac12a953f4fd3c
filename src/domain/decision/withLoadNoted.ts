import type { Demand } from "../inputs/demand.ts";
import { type Counted, frameOf, kwAt } from "./frame.ts";
import type { SitePlan } from "./model.ts";
import { constantKw } from "./siteKw.ts";

/**
 * An order or instruction to reduce load, with the load that it counts from: what the machines of its cohorts that are
 * able to run, or those of the site with its firm and house load, are ordered to take when it is taken up, kW at the
 * site meter. Anything else as it is.
 */
export function withLoadNoted<T extends { readonly demand?: Demand; readonly cohortIds?: readonly string[] }>(
  plan: SitePlan,
  counted: Counted,
  asked: T,
): T {
  const { demand, cohortIds } = asked;
  if (demand?.kind !== "reduce" || demand.fromKw !== undefined) return asked;
  const machinesKw = plan.cohorts
    .filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true)
    .map((cohort) => frameOf(plan, cohort, counted))
    .reduce((kw, frame) => kw + kwAt(frame, frame.current), 0);
  const fromKw = cohortIds === undefined ? machinesKw + constantKw(plan) : machinesKw;
  return { ...asked, demand: { ...demand, fromKw } };
}
