import type { CohortPlan, SitePlan } from "./model.ts";

/**
 * Whether Ballast may command a cohort: site and cohort control are `act`, it is not locked out, and its commands are
 * not frozen.
 */
export function isCommanded(
  plan: Pick<SitePlan, "control">,
  cohort: CohortPlan,
  frozenCohorts: readonly string[] | undefined,
): boolean {
  const isFrozen = frozenCohorts?.includes(cohort.cohortId) === true;
  return plan.control === "act" && cohort.control === "act" && !cohort.lockedOut && !isFrozen;
}
