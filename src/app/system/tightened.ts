import type { Control, SitePlan } from "../../domain/decision/model.ts";
import type { Deployment } from "../worker/deployment.ts";
import { planHashOf } from "../worker/loadDeployment.ts";

const LOWEST_FIRST: readonly Control[] = ["observe", "advise", "act"];

/**
 * What runs of a changed file before it is applied: the deployment in force, with the file's lock-outs and lower
 * control of the site and its cohorts. `atOnce` names them, a line each: less is commanded
 * from the start on, never more.
 */
export function tightened(
  inForce: Deployment,
  file: Deployment,
): { deployment: Deployment; atOnce: readonly string[] } {
  const control = lower(inForce.plan.control, file.plan.control);
  const atOnce = control === inForce.plan.control ? [] : [`control of the site: ${control}`];
  const cohorts = inForce.plan.cohorts.map((cohort) => {
    const wanted = file.plan.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId);
    if (wanted === undefined) return cohort;
    const lowered = lower(cohort.control, wanted.control);
    if (lowered !== cohort.control) atOnce.push(`control of ${cohort.cohortId}: ${lowered}`);
    if (wanted.lockedOut && !cohort.lockedOut) atOnce.push(`${cohort.cohortId} is locked out`);
    return { ...cohort, control: lowered, lockedOut: cohort.lockedOut || wanted.lockedOut };
  });
  if (atOnce.length === 0) return { deployment: inForce, atOnce };
  const plan: SitePlan = { ...inForce.plan, control, cohorts };
  return { deployment: { ...inForce, plan, planHash: planHashOf(plan) }, atOnce };
}

function lower(one: Control, other: Control): Control {
  return LOWEST_FIRST[Math.min(LOWEST_FIRST.indexOf(one), LOWEST_FIRST.indexOf(other))] as Control;
}
