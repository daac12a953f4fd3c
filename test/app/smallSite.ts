import { createServer, type Server } from "node:net";
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

/** Where a net is held, away from every machine's address and port. */
const HELD = { host: "255.254", port: 4027 };

/**
 * The first of `count` neighboring loopback nets 127.`net`.x.y. Each is held by a listener until this process ends and
 * no machine listens in it yet, so that test files, runs beside each other and what an earlier run left do not meet.
 * @throws Error where no such nets are left.
 */
export async function freeNet(count = 1): Promise<number> {
  const [lowest, nets] = [23, 230];
  for (let tries = 0; tries < nets; tries++) {
    const first = lowest + ((process.pid * 7 + tries) % nets);
    if (first + count > lowest + nets) continue;
    const held = await holdNets(first, count);
    if (held) return first;
  }
  throw new Error(`no ${count} neighboring loopback nets from 127.${lowest} on are free: end the runs that hold them`);
}

async function holdNets(first: number, count: number): Promise<boolean> {
  const held: Server[] = [];
  for (let net = first; net < first + count; net++) {
    const holder = await listening(`127.${net}.${HELD.host}`, HELD.port);
    if (holder) held.push(holder);
    const machine = holder && (await listening(`127.${net}.1.1`, 4028));
    machine?.close();
    if (machine) continue;
    for (const server of held) server.close();
    return false;
  }
  return true;
}

/** A listener that keeps no process alive; undefined where the address is taken. */
function listening(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once("error", () => resolve(undefined));
    server.listen(port, host, () => resolve(server));
  });
}
