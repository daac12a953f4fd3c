import type { Workflow } from "@temporalio/common";
import { type ContinueAsNewOptions, makeContinueAsNewFunc, workflowInfo } from "@temporalio/workflow";
import { getActivator } from "@temporalio/workflow/lib/global-attributes.js";

const AUTO_UPGRADE = "AUTO_UPGRADE";

/**
 * Ends a run and goes on with the next one, by the workflow code that is current then: a run keeps the build that it
 * began on, its successor does not inherit it. @throws ContinueAsNew always: it must not be caught
 */
export function goOn<F extends Workflow>(options: ContinueAsNewOptions, ...args: Parameters<F>): Promise<never> {
  // A server may not know the option, as 1.29.1 does not: there the behavior that the last task reports decides.
  if (workflowInfo().currentDeploymentVersion?.deploymentName) getActivator().versioningBehavior = AUTO_UPGRADE;
  return makeContinueAsNewFunc<F>({ ...options, initialVersioningBehavior: AUTO_UPGRADE })(...args);
}
