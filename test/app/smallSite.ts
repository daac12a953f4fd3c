import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadDeployment, planHashOf } from "../../src/app/worker/loadDeployment.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export function projectPath(path: string): string {
  return `${ROOT}/${path}`;
}

/**
 * The example site with fewer machines, on a loopback net of its own (127.`net`.x.y), so that test files do not meet.
 */
export function smallSite(options: {
  config?: string;
  day: string;
  net: number;
  machinesPerCohort: number;
}): Deployment {
  const { net, machinesPerCohort } = options;
  const full = loadDeployment(projectPath(options.config ?? "config/example-site.yaml"), options.day);
  const plan = {
    ...full.plan,
    cohorts: full.plan.cohorts.map((cohort) => ({ ...cohort, machines: Math.min(cohort.machines, machinesPerCohort) })),
  };
  const machines = plan.cohorts.flatMap((cohort) =>
    full.machines.filter((machine) => machine.cohortId === cohort.cohortId).slice(0, cohort.machines),
  );
  return {
    ...full,
    plan,
    planHash: planHashOf(plan),
    machines: machines.map((machine) => ({ ...machine, host: machine.host.replace(/^127\.\d+\./, `127.${net}.`) })),
  };
}

/**
 * A loopback net 127.`net`.x.y on whose first address nobody listens: test files, and runs beside each other, do not
 * meet.
 */
export async function freeNet(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const net = 60 + ((process.pid + tries * 7) % 130);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(4028, `127.${net}.1.1`, () => server.close(() => resolve(true)));
    });
    if (free) return net;
  }
  throw new Error("no loopback net from 127.60 to 127.189 has port 4028 free on its first address");
}
