import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import pg from "pg";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { operatorsFile } from "../../src/app/worker/operatorList.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { startLocalStack } from "../../src/app/stack/localStack.ts";
import { writeOwnerOnly } from "../../src/app/worker/privateFile.ts";
import { folderSigningKey } from "../../src/app/worker/signingKey.ts";
import type { WorkerSettings } from "../../src/app/worker/workerSettings.ts";
import type { WorldAddresses, WorldSettings } from "../../src/app/session/world.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import { peaksMb } from "./machine.ts";

/** Servers, simulators, the measured worker and the yardstick's, with what the measure holds in hand. */
export interface LatencyRig {
  readonly client: Client;
  readonly pool: Pool;
  readonly clock: MarketClock;
  readonly ercotUrl: string;
  readonly latencyStamps: string;
  readonly bareStamps: string;
  /** Rejects when a process ends that should not. */
  readonly failure: Promise<never>;
  peaksMb(): Record<string, number>;
  stop(): Promise<void>;
}

export interface LatencyRigOptions {
  readonly dataDir: string;
  /** Keep data on disk and wait for it at every commit, as a site does that is not a demonstration. */
  readonly durable: boolean;
  readonly startAt: string;
  readonly prices: WorldSettings["prices"];
  /** With the simulator's address put in. */
  readonly deployments: (ercotUrl: string) => readonly Deployment[];
  readonly say: (line: string) => void;
}

/** The bench holds the market clock under this key; it sorts after the feeds. */
export const BENCH_KEY = "~bench";

export async function startLatencyRig(options: LatencyRigOptions): Promise<LatencyRig> {
  const { dataDir, durable, startAt, prices, say } = options;
  const stack = await startLocalStack({ dataDir: join(dataDir, "stack"), keep: durable, onProgress: say });
  try {
    const { temporalAddress, namespace } = stack;
    const world: WorldSettings = {
      startAt,
      speed: null,
      initialHolds: [BENCH_KEY],
      prices,
      miners: [],
      meters: [],
      seed: 1,
    };
    const simulators = await spawn("simulators", "../../src/app/session/simulators.ts", {
      BALLAST_SIMULATOR_SETTINGS: settingsFile("simulators.json", world),
    });
    const { clockUrl, ercotUrl } = simulators.ready as WorldAddresses;
    const databaseUrl = await migrate(stack.ownerDatabaseUrl, randomBytes(18).toString("hex"));
    await createBareTable(stack.ownerDatabaseUrl);
    const settings: WorkerSettings = {
      bookId: "bench",
      deployments: options.deployments(ercotUrl),
      temporalAddress,
      namespace,
      clock: { kind: "real" },
      signingKeyFile: folderSigningKey(dataDir).privateKeyFile,
      operatorsFile: operatorsFile(dataDir),
      builds: { folder: join(dataDir, "builds"), nowFile: join(dataDir, "builds.json"), forgetAfterDays: 1 },
    };
    const latencyStamps = join(dataDir, "latency.jsonl");
    const bareStamps = join(dataDir, "bare.jsonl");
    const worker = await spawn("worker", "latencyWorker.ts", {
      BALLAST_WORKER_SETTINGS: settingsFile("worker.json", settings),
      BALLAST_APP_DATABASE_URL: databaseUrl,
      BENCH_CLOCK_URL: clockUrl,
      BENCH_STAMPS: latencyStamps,
    });
    const bare = await spawn("bare-worker", "bareWorker.ts", {
      BENCH_DATABASE_URL: databaseUrl,
      BENCH_TEMPORAL_ADDRESS: temporalAddress,
      BENCH_NAMESPACE: namespace,
      BENCH_STAMPS: bareStamps,
    });
    const connection = await Connection.connect({ address: temporalAddress });
    const pool = createPool(databaseUrl, 2);
    say("Worker and yardstick are ready");
    return {
      client: new Client({ connection, namespace }),
      pool,
      clock: pacedMarketClock({ url: clockUrl }),
      ercotUrl,
      latencyStamps,
      bareStamps,
      failure: stack.failure,
      peaksMb: () =>
        peaksMb({ worker: worker.pid, simulators: simulators.pid, "bare worker": bare.pid, bench: process.pid }),
      stop: async () => {
        await pool.end();
        await connection.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }

  function spawn(name: string, script: string, env: Record<string, string>): ReturnType<typeof stack.spawnNode> {
    return stack.spawnNode(
      name,
      fileURLToPath(new URL(script, import.meta.url)),
      [],
      { BALLAST_LOG_LEVEL: "warn", ...env },
      { graceMs: 10_000 },
    );
  }

  function settingsFile(name: string, value: unknown): string {
    const path = join(dataDir, name);
    writeOwnerOnly(path, value);
    return path;
  }
}

/**
 * Looks again every few milliseconds until `look` finds something. @throws Error after `withinMs`, naming `what`;
 * whatever makes the stack fail.
 */
export async function awaited<T>(
  rig: Pick<LatencyRig, "failure">,
  what: string,
  withinMs: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const found = await look();
    if (found !== undefined) return found;
    await Promise.race([delay(LOOK_EVERY_MS), rig.failure]);
  }
  throw new Error(`${what} did not happen within ${withinMs / 1000} s`);
}

const LOOK_EVERY_MS = 60;

async function createBareTable(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(
      `CREATE TABLE IF NOT EXISTS bench_row (site integer, round integer, body jsonb NOT NULL, written_at ` +
        `timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (site, round))`,
    );
    await owner.query(`GRANT SELECT, INSERT ON bench_row TO ballast_app`);
  } finally {
    await owner.end();
  }
}
