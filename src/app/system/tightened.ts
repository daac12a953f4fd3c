import { tightenedPlan } from "../../domain/decision/tightenedPlan.ts";
import type { Deployment } from "../worker/deployment.ts";
import { planHashOf } from "../worker/loadDeployment.ts";

/**
 * What runs of a changed file before it is applied: the deployment in force, with the file's lock-outs and lower
 * control. `atOnce` names them, a line each.
 */
export function tightened(
  inForce: Deployment,
  file: Deployment,
): { deployment: Deployment; atOnce: readonly string[] } {
  const { plan, atOnce } = tightenedPlan(inForce.plan, file.plan);
  if (atOnce.length === 0) return { deployment: inForce, atOnce };
  return { deployment: { ...inForce, plan, planHash: planHashOf(plan) }, atOnce };
}
