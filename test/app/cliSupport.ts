import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { planText } from "../../src/domain/evidence/recordText.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { projectRoot } from "../../src/local/places.mjs";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { type LocalRun, startLocalRun } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { freeNet } from "./smallSite.ts";

export const DAY = "2026-08-18";
export const NEXT_DAY = "2026-08-19";
export const EXAMPLE_SITE = join(projectRoot, "config", "example-site.yaml");
const CLI = join(projectRoot, "src", "app", "cli.ts");
const MACHINES_A_COHORT = 7;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command in a process of its own, without a terminal, each fact in one line. */
export function startBallast(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [CLI, ...args], {
    cwd: projectRoot,
    env: {
      ...process.env,
      BALLAST_RUN_DIR: "",
      BALLAST_KEY_FILE: "",
      BALLAST_DEBUG: "",
      FORCE_COLOR: undefined,
      NO_COLOR: undefined,
      COLUMNS: "1000",
      ...env,
    },
  });
}

/** Runs the real command to its end. */
export function ballast(args: readonly string[], env: Record<string, string | undefined> = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = startBallast(args, env);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Central wall clock of the market day, or of another. */
export function at(time: string, day = DAY): Instant {
  return wallToInstant({ day, time, repeatedHour: false });
}

/** The example site with 21 machines, seven a cohort, that may go on and off without hold times. */
async function smallSite(): Promise<Deployment> {
  const deployment = loadDeployment(EXAMPLE_SITE, DAY);
  const plan = {
    ...deployment.plan,
    cohorts: deployment.plan.cohorts.map((cohort) => ({
      ...cohort,
      machines: MACHINES_A_COHORT,
      minOffMinutes: 0,
      minOnMinutes: 0,
    })),
  };
  const net = `127.${await freeNet()}`;
  const machines = plan.cohorts.flatMap((cohort, c) =>
    deployment.machines
      .filter((machine) => machine.cohortId === cohort.cohortId)
      .slice(0, MACHINES_A_COHORT)
      .map((machine, i) => ({ ...machine, host: `${net}.${c + 1}.${i + 1}` })),
  );
  return { ...deployment, plan, planHash: createHash("sha256").update(planText(plan)).digest("hex"), machines };
}

/**
 * A whole stack with the small site on the demo's prices; market time stands at 23:36:30 when this resolves, every
 * machine runs.
 */
export async function startSmallRun(dataDir: string): Promise<LocalRun> {
  const demo = (name: string): string => join(projectRoot, "config", "demo", name);
  const deployment = await smallSite();
  const run = await startLocalRun({
    dataDir,
    deployment,
    onProgress: () => {},
    world: {
      startAt: at("23:20:00"),
      speed: null,
      seed: 11,
      ...simulatedSite(deployment),
      prices: {
        lmpPath: demo("sced-lmp.csv"),
        sppPath: demo("settlement-prices.csv"),
        prcPath: demo("grid-conditions.csv"),
        days: [DAY, NEXT_DAY],
      },
    },
  });
  await letTimePass(run, at("23:36:30"));
  return run;
}

/** Lets market time go on until an instant, then stand. */
export async function letTimePass(run: LocalRun, until: Instant): Promise<void> {
  await Promise.race([run.clock.waitUntil("~test", until), run.stack.failure]);
}
