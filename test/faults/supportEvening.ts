import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { DEMO_DAY, DEMO_SEED } from "../../src/app/session/demoDay.ts";
import { inWorld, START_HOLD } from "../../src/app/session/localRun.ts";
import { marketStart } from "../../src/app/session/marketDay.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { firstAndLastLines } from "../../src/app/stack/logTail.ts";
import { startWorld, type World } from "../../src/app/session/world.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { AuditFinding } from "../../src/domain/evidence/model.ts";
import type { SimMinerState } from "../../src/simulators/miners/model.ts";
import { quietMorning, runAnHour, seldomAsking } from "../app/quietSite.ts";
import { killSite, OBEDIENT, recordedProcesses } from "./supportSystem.ts";

const launcherPath = new URL("./supportLauncher.ts", import.meta.url).pathname;
const DAY_WITHIN_MS = 540_000;
/** What a day came to, in plain JSON: money as text. */
export interface EveningResult {
  readonly decisions: readonly DecisionRecord[];
  readonly settlement: {
    readonly inputHash: string;
    readonly input: { readonly intervals: readonly { readonly siteEnergyWh?: string }[] };
    readonly result: unknown;
  };
  readonly first: { readonly inputHash: string };
  readonly statements: readonly {
    readonly statement: { readonly clientId: string; readonly totalCents: string };
    readonly text: string;
    readonly csv: string;
    readonly intervalsCsv: string;
  }[];
  readonly audit: readonly {
    readonly layer: string;
    readonly checked: number;
    readonly findings: readonly AuditFinding[];
  }[];
}

export interface Evening {
  readonly result: EveningResult;
  readonly machines: ReadonlyMap<string, SimMinerState>;
  /** Restart-type commands as the machines counted them. */
  readonly commands: readonly string[];
  /** What was killed and when, in market time. */
  readonly killed: readonly string[];
  readonly progress: readonly string[];
}

export interface EveningRun {
  readonly world: World;
  readonly dataDir: string;
  readonly progress: readonly string[];
  /** SIGKILL for processes of the stack, by the names in its record. */
  kill(...names: string[]): void;
  /** SIGKILL for the launcher and everything it started, then a new launcher on the same folder. */
  killEverything(): Promise<void>;
}

/**
 * The demo's day with a small fleet and fewer SCED runs until the afternoon, Ballast under a launcher of its own;
 * `disturb` runs beside it. Speed in market seconds per real second; as fast as it goes without.
 */
export async function evening(
  net: number,
  machinesPerCohort: number,
  options: { readonly speed?: number; readonly disturb?: (run: EveningRun) => Promise<readonly string[]> } = {},
): Promise<Evening> {
  const { speed = null, disturb } = options;
  const folder = mkdtempSync(join(tmpdir(), "ballast-evening-"));
  const site = quietSite(net, machinesPerCohort);
  const world = await startWorld({
    startAt: marketStart(DEMO_DAY),
    speed,
    initialHolds: [START_HOLD],
    prices: quietMorning(folder),
    seed: DEMO_SEED,
    faults: OBEDIENT,
    ...simulatedSite(site),
  });
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const settingsFile = join(folder, "launcher.json");
  writeFileSync(
    settingsFile,
    JSON.stringify({
      dataDir,
      deployment: inWorld(site, world.addresses),
      clockUrl: world.addresses.clockUrl,
      day: DEMO_DAY,
      keep: disturb !== undefined,
    }),
  );
  const progress: string[] = [];
  let launcher = launch(settingsFile, progress);
  let expectedToDie = false;
  const run: EveningRun = {
    world,
    dataDir,
    progress,
    kill: (...names) =>
      recordedProcesses(dataDir)
        .filter(({ name }) => names.includes(name))
        .forEach(({ pid }) => process.kill(pid, "SIGKILL")),
    killEverything: async () => {
      expectedToDie = true;
      const gone = exitOf(launcher);
      const pids = recordedProcesses(dataDir).map(({ pid }) => pid);
      for (const pid of [launcher.pid as number, ...pids]) process.kill(pid, "SIGKILL");
      await gone;
      launcher = launch(settingsFile, progress);
      expectedToDie = false;
    },
  };
  try {
    const disturbing = disturb?.(run) ?? Promise.resolve([]);
    disturbing.catch(() => undefined);
    const until = Date.now() + DAY_WITHIN_MS;
    for (let over = false; !over;) {
      const watched = launcher;
      const code = await Promise.race([exitOf(watched), delay(Math.max(0, until - Date.now())).then(() => "late")]);
      over = watched === launcher && !expectedToDie;
      if (over && code !== 0) throw new Error(`the day did not come to its end (${code}):\n${situation(run)}`);
      await delay(20);
    }
    return {
      result: JSON.parse(readFileSync(join(dataDir, "result.json"), "utf8")) as EveningResult,
      machines: new Map(world.fleet.machineIds.map((id) => [id, world.fleet.state(id)])),
      commands: world.fleet
        .commandLog()
        .filter(({ command }) => command === "curtail" || command === "profileset")
        .map(
          ({ machineId, atMs, command, parameter, outcome }) =>
            `${machineId} ${new Date(atMs).toISOString()} ${command} ${parameter} ${outcome}`,
        )
        .sort(),
      killed: await disturbing,
      progress,
    };
  } finally {
    launcher.kill("SIGTERM");
    await Promise.race([exitOf(launcher), delay(15_000)]);
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The kills' site with hold times. */
function quietSite(net: number, machinesPerCohort: number): Deployment {
  return runAnHour(seldomAsking(killSite(net, machinesPerCohort, { holdTimes: true })));
}

function launch(settingsFile: string, progress: string[]): ChildProcess {
  const launcher = spawn(process.execPath, [launcherPath, settingsFile], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TEMPORAL_ADDRESS: undefined, BALLAST_DATABASE_URL: undefined },
  });
  for (const stream of [launcher.stdout, launcher.stderr])
    createInterface({ input: stream as NodeJS.ReadableStream }).on("line", (line) => progress.push(line));
  return launcher;
}

function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? 128);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 128)));
}

function situation({ world, progress, dataDir }: EveningRun): string {
  const { nowMs, holds, waiters } = world.keeper.status();
  const waiting = waiters
    .map(({ key, untilMs }) => `${key} ${new Date(untilMs).toISOString().slice(11, 19)}`)
    .join(", ");
  const log = join(dataDir, "logs", "worker.log");
  return (
    `clock at ${new Date(nowMs).toISOString()}, held by ${holds.join(", ") || "nobody"}; waiting: ` +
    `${waiting}\n${progress.slice(-25).join("\n")}\nworker.log:\n${firstAndLastLines(log, 0)}`
  );
}
