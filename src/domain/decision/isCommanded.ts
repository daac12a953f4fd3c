import type { CohortPlan, SitePlan } from "./model.ts";

/** Whether Ballast may command a cohort: site and cohort control are `act` and it is not locked out. */
export function isCommanded(plan: Pick<SitePlan, "control">, cohort: CohortPlan): boolean {
  return plan.control === "act" && cohort.control === "act" && !cohort.lockedOut;
}
