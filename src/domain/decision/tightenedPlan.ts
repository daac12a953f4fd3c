import type { Control, SitePlan } from "./model.ts";

const LOWEST_FIRST: readonly Control[] = ["observe", "advise", "act"];

/**
 * A plan with another's lock-outs and lower control of the site and its cohorts: less is commanded by it, never more.
 * `atOnce` names what it took over, a line each.
 */
export function tightenedPlan(
  inForce: SitePlan,
  wanted: SitePlan,
): { readonly plan: SitePlan; readonly atOnce: readonly string[] } {
  const control = lower(inForce.control, wanted.control);
  const atOnce = control === inForce.control ? [] : [`control of the site: ${control}`];
  const cohorts = inForce.cohorts.map((cohort) => {
    const other = wanted.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId);
    if (other === undefined) return cohort;
    const lowered = lower(cohort.control, other.control);
    if (lowered !== cohort.control) atOnce.push(`control of ${cohort.cohortId}: ${lowered}`);
    if (other.lockedOut && !cohort.lockedOut) atOnce.push(`${cohort.cohortId} is locked out`);
    return { ...cohort, control: lowered, lockedOut: cohort.lockedOut || other.lockedOut };
  });
  return { plan: atOnce.length === 0 ? inForce : { ...inForce, control, cohorts }, atOnce };
}

function lower(one: Control, other: Control): Control {
  return LOWEST_FIRST[Math.min(LOWEST_FIRST.indexOf(one), LOWEST_FIRST.indexOf(other))] as Control;
}
