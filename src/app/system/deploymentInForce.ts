import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../worker/deployment.ts";
import { deploymentChanges } from "./deploymentChanges.ts";
import { readRunFile } from "./runFolder.ts";
import { tightened } from "./tightened.ts";

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
