import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, ExitCode } from "../commandError.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { deploymentChanges } from "../system/deploymentChanges.ts";
import { readRunFile, siteOf } from "../system/runFolder.ts";
import { writeOwnerOnly } from "../system/system.ts";
import type { Deployment } from "../worker/deployment.ts";
import { type OperatorLink, sendConfiguration } from "./operatorOrders.ts";

/**
 * Brings a deployment to the site that runs in a data folder. The worker looks at its settings and begins anew with
 * them; then the site gets the plan as one recorded update; then the folder says so. @throws CommandError as
 * `sendConfiguration`; the worker's settings are put back when the site refuses.
 */
export async function applyDeployment(
  dataDir: string,
  link: OperatorLink,
  deployment: Deployment,
  reason: string,
  signal?: AbortSignal,
): Promise<{ readonly planHash: string; readonly effectiveAt: Instant }> {
  const run = readRunFile(dataDir);
  const diff = deploymentChanges(siteOf(run, deployment.plan.siteId), deployment);
  const workerFile = join(dataDir, "worker.json");
  const settings = JSON.parse(readFileSync(workerFile, "utf8")) as object;
  writeOwnerOnly(workerFile, { ...settings, deployments: [deployment] });
  const written = readFileSync(workerFile, "utf8");
  try {
    const applied = await sendConfiguration(link, { deployment, diff, reason }, signal);
    writeOwnerOnly(join(dataDir, "run.json"), { ...run, deployments: [deployment] });
    return applied;
  } catch (error) {
    // Only a refusal is known to have changed nothing: unanswered, the site may still take the plan. What somebody else
    // has applied meanwhile stays.
    const isRefused = error instanceof CommandError && error.exitCode === ExitCode.no;
    if (isRefused && readFileSync(workerFile, "utf8") === written) writeOwnerOnly(workerFile, settings);
    throw error;
  }
}
