import { existsSync } from "node:fs";
import { join } from "node:path";
import { tightenedPlan } from "../../domain/decision/tightenedPlan.ts";
import type { Deployment } from "../worker/deployment.ts";
import { planHashOf } from "../worker/loadDeployment.ts";
import { deploymentChanges } from "./deploymentChanges.ts";
import { readRunFile } from "./runFolder.ts";

/**
 * The deployment that a start in a data folder runs: the file's in a new folder, else the one that was in force there,
 * with the file's tighter lock-outs and lower control. `say` hears what a changed file waits with, and what acts at
 * once.
 * @throws CommandError when the folder's description of its run cannot be read.
 */
export function deploymentInForce(dataDir: string, file: Deployment, say: (line: string) => void): Deployment {
  if (!existsSync(join(dataDir, "run.json"))) return file;
  const inForce = readRunFile(dataDir).deployments.find(({ plan }) => plan.siteId === file.plan.siteId);
  if (inForce === undefined) return file;
  const changes = deploymentChanges(inForce, file);
  if (changes.length === 0) return file;
  const { deployment, atOnce } = tightened(inForce, file);
  for (const line of atOnce) say(`Acts at once: ${line}`);
  say(`The file differs from the configuration in force; this waits for \`ballast apply\`:`);
  for (const line of deploymentChanges(deployment, file)) say(`  ${line}`);
  return deployment;
}

/**
 * What runs of a changed file before it is applied: the deployment in force, with the file's lock-outs and lower
 * control. `atOnce` names them, a line each.
 */
function tightened(inForce: Deployment, file: Deployment): { deployment: Deployment; atOnce: readonly string[] } {
  const { plan, atOnce } = tightenedPlan(inForce.plan, file.plan);
  if (atOnce.length === 0) return { deployment: inForce, atOnce };
  return { deployment: { ...inForce, plan, planHash: planHashOf(plan) }, atOnce };
}
