import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { migrate } from "../adapters/postgres/migrate.ts";
import { createPool, type Pool } from "../adapters/postgres/pool.ts";
import { operatingDayOf } from "../domain/market/calendar.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MarketClock } from "../ports/marketClock.ts";
import type { watchFeed } from "../../workflows/index.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import type { Deployment } from "./deployment.ts";
import { feedsOf } from "./feeds.ts";
import type { SimulatorAddresses, SimulatorSettings } from "./simulators.ts";
import { type ChildHandle, type LocalStack, startLocalStack } from "./stack/localStack.ts";
import { clockOf, type ClockSettings } from "./wire.ts";
import { TASK_QUEUE, type WorkerSettings } from "./workerSettings.ts";

/** How to find a running stack: in `run.json` of its data folder, readable by its owner only. */
export interface RunFile {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly appDatabaseUrl: string;
  readonly clock: ClockSettings;
  readonly deployments: readonly Deployment[];
}

/** Everything that runs: servers, simulated parties on a paced clock, worker. */
export interface LocalRun {
  readonly stack: LocalStack;
  readonly client: Client;
  readonly pool: Pool;
  readonly clock: MarketClock;
  readonly deployment: Deployment;
  readonly addresses: SimulatorAddresses;
  stop(): Promise<void>;
}

export interface LocalRunOptions {
  readonly dataDir: string;
  readonly deployment: Deployment;
  readonly simulators: Omit<SimulatorSettings, "initialHolds">;
  readonly onProgress: (line: string) => void;
}

const START_HOLD = "start";
/** How long workers may take to bundle workflows and reach their first wait. */
const FEEDS_WAITING_WITHIN_MS = 60_000;

/** Start servers, simulators and worker, begin every feed, and let market time go once all of them wait for it. */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const { dataDir, onProgress } = options;
  mkdirSync(dataDir, { recursive: true });
  const stack = await startLocalStack({ dataDir, onProgress });
  try {
    const appDatabaseUrl = await migrate(stack.ownerDatabaseUrl, randomBytes(18).toString("hex"));
    const addresses = await startSimulators(stack, { ...options.simulators, initialHolds: [START_HOLD] });
    const deployment = simulated(options.deployment, addresses);
    const clockSettings: ClockSettings = { kind: "paced", url: addresses.clockUrl };
    const { temporalAddress, namespace } = stack;
    writeOwnerOnly(join(dataDir, "run.json"), { temporalAddress, namespace, appDatabaseUrl, clock: clockSettings, deployments: [deployment] } satisfies RunFile);
    const worker = await startWorker(stack, { deployments: [deployment], temporalAddress, namespace, clock: clockSettings }, appDatabaseUrl);
    const connection = await Connection.connect({ address: temporalAddress });
    const run: LocalRun = {
      stack, deployment, addresses, client: new Client({ connection, namespace }), pool: createPool(appDatabaseUrl, 6), clock: clockOf(clockSettings),
      stop: async () => {
        await worker.stop();
        await run.pool.end();
        await connection.close();
        await stack.stop();
      },
    };
    await startFeeds(run, options.simulators.startAt as Instant);
    onProgress("Everybody is there; market time runs");
    return run;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Begin the feed workflows of the run and release the clock once every feed waits on it. */
async function startFeeds(run: LocalRun, startAt: Instant): Promise<void> {
  const siteIds = [run.deployment.plan.siteId];
  const feedIds = [...feedsOf(run.deployment).keys()];
  const registers = `registers/${run.deployment.plan.siteId}`;
  for (const [feedId, kind] of [...feedIds.map((id) => [id, "market"] as const), [registers, "registers"] as const]) {
    await run.client.workflow.start<typeof watchFeed>("watchFeed", {
      workflowId: workflowIds.feed(feedId), taskQueue: TASK_QUEUE, args: [{ feedId, kind, operatingDay: operatingDayOf(startAt), siteIds }],
    });
  }
  const expected = [...feedIds, registers].map((feedId) => `feed/${feedId}`);
  const until = Date.now() + FEEDS_WAITING_WITHIN_MS;
  while (Date.now() < until) {
    const { waiters } = (await (await fetch(`${run.addresses.clockUrl}/clock`)).json()) as { waiters: { key: string }[] };
    const waiting = new Set(waiters.map((waiter) => waiter.key));
    if (expected.every((key) => waiting.has(key))) return run.clock.release(START_HOLD);
    await delay(50);
  }
  throw new Error(`The feeds did not start within ${FEEDS_WAITING_WITHIN_MS / 1000} s; see the worker's log in ${join(run.stack.dataDir, "logs")}.`);
}

async function startSimulators(stack: LocalStack, settings: SimulatorSettings): Promise<SimulatorAddresses> {
  const file = join(stack.dataDir, "simulators.json");
  writeOwnerOnly(file, settings);
  const child = await stack.spawnNode("simulators", script("simulators.ts"), [], { BALLAST_SIMULATOR_SETTINGS: file });
  return child.ready as SimulatorAddresses;
}

async function startWorker(stack: LocalStack, settings: WorkerSettings, appDatabaseUrl: string): Promise<ChildHandle> {
  const file = join(stack.dataDir, "worker.json");
  writeOwnerOnly(file, settings);
  return stack.spawnNode("worker", script("worker.ts"), [], { BALLAST_WORKER_SETTINGS: file, BALLAST_APP_DATABASE_URL: appDatabaseUrl }, { graceMs: 10_000 });
}

/** The deployment with the simulated parties in place of the real ones. */
function simulated(deployment: Deployment, addresses: SimulatorAddresses): Deployment {
  return {
    ...deployment,
    meters: deployment.meters.map((meter) => {
      const address = addresses.meters.find((one) => one.meterId === meter.meterId);
      if (!address) throw new Error(`No simulator was started for meter ${meter.meterId}.`);
      return { ...meter, host: address.host, port: address.port, unitId: address.unitId };
    }),
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: addresses.ercotUrl } : feed)),
  };
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function writeOwnerOnly(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`, { mode: 0o600 });
}
