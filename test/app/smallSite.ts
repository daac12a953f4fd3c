import { fileURLToPath } from "node:url";
import type { Deployment } from "../../src/app/deployment.ts";
import { loadDeployment, planHashOf } from "../../src/app/loadDeployment.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export function projectPath(path: string): string {
  return `${ROOT}/${path}`;
}

/** The example site with fewer machines, on a loopback net of its own (127.`net`.x.y), so that test files do not meet. */
export function smallSite(options: { config?: string; day: string; net: number; machinesPerCohort: number }): Deployment {
  const { net, machinesPerCohort } = options;
  const full = loadDeployment(projectPath(options.config ?? "config/example-site.yaml"), options.day);
  const plan = { ...full.plan, cohorts: full.plan.cohorts.map((cohort) => ({ ...cohort, machines: Math.min(cohort.machines, machinesPerCohort) })) };
  const machines = plan.cohorts.flatMap((cohort) => full.machines.filter((machine) => machine.cohortId === cohort.cohortId).slice(0, cohort.machines));
  return { ...full, plan, planHash: planHashOf(plan), machines: machines.map((machine) => ({ ...machine, host: machine.host.replace(/^127\.\d+\./, `127.${net}.`) })) };
}
