import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type Pool, query } from "../../src/adapters/postgres/pool.ts";
import { type LocalBookRun, startLocalBook } from "../../src/app/session/localRun.ts";
import { simulatedBook } from "../../src/app/session/simulatedSite.ts";
import type { WorldSettings } from "../../src/app/session/world.ts";
import { type Instant, msOfInstant } from "../../src/domain/units/instant.ts";
import type { Book } from "../../src/app/worker/book.ts";
import { latencyStampsIn } from "./latencyStamps.ts";
import { peaksMb } from "./machine.ts";

const WORKER = fileURLToPath(new URL("latencyWorker.ts", import.meta.url));
const BARE_WORKER = fileURLToPath(new URL("bareWorker.ts", import.meta.url));

/** A book that runs as the product starts it, with a measured worker, and beside it the yardstick's worker. */
export interface LatencyRig {
  readonly run: LocalBookRun;
  readonly latencyStamps: string;
  readonly bareStamps: string;
  /** Real seconds from the servers' first start until every feed, meter and fleet is watched. */
  readonly startSeconds: number;
  /** Rejects when a process ends that should not. */
  readonly failure: Promise<never>;
  /** Lets market time go to an instant, and holds it there again. */
  goTo(until: Instant): Promise<void>;
  /** Connections to the database, the yardstick's among them, feeds that were read, and what the worker has open. */
  taken(): Promise<{ readonly connections: number; readonly feeds: number; readonly workerFiles?: number }>;
  peaksMb(): Record<string, number>;
  stop(): Promise<void>;
}

export interface LatencyRigOptions {
  readonly dataDir: string;
  readonly book: Book;
  /** Keep data on disk and wait for it at every commit, as a site does that is not a demonstration. */
  readonly durable: boolean;
  readonly startAt: Instant;
  readonly prices: WorldSettings["prices"];
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** The bench holds the market clock under this key; it sorts after the feeds. */
const BENCH_KEY = "~bench";

/** @throws whatever keeps the book from starting, with everything stopped */
export async function startLatencyRig(options: LatencyRigOptions): Promise<LatencyRig> {
  const { dataDir, book, durable, startAt, prices, seed, say } = options;
  const begunMs = performance.now();
  const run = await startLocalBook({
    dataDir,
    book,
    keep: durable,
    holdAs: BENCH_KEY,
    workerScript: WORKER,
    onProgress: say,
    world: { startAt, speed: null, prices, seed, ...simulatedBook(book.deployments) },
  });
  const startSeconds = (performance.now() - begunMs) / 1000;
  const { stack, pool, worker, simulators, clock } = run;
  try {
    await createBareTable(stack.ownerDatabaseUrl);
    const bareStamps = join(dataDir, "bare.jsonl");
    const bare = await stack.spawnNode(
      "bare-worker",
      BARE_WORKER,
      [],
      {
        BENCH_DATABASE_URL: String(pool.options.connectionString),
        BENCH_TEMPORAL_ADDRESS: stack.temporalAddress,
        BENCH_NAMESPACE: stack.namespace,
        BENCH_STAMPS: bareStamps,
      },
      { graceMs: 10_000 },
    );
    return {
      run,
      latencyStamps: latencyStampsIn(dataDir),
      bareStamps,
      startSeconds,
      failure: stack.failure,
      goTo: async (until) => {
        if (msOfInstant(await clock.now()) < msOfInstant(until))
          await Promise.race([clock.waitUntil(BENCH_KEY, until), stack.failure]);
      },
      taken: async () => ({
        connections: await countOf(pool, "pg_stat_activity WHERE application_name = 'ballast'"),
        feeds: await countOf(pool, "feed_cursor"),
        workerFiles: filesOf(worker.pid),
      }),
      peaksMb: () =>
        peaksMb({ worker: worker.pid, simulators: simulators.pid, "bare worker": bare.pid, bench: process.pid }),
      stop: () => run.stop(),
    };
  } catch (error) {
    await run.stop();
    throw error;
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

async function countOf(pool: Pool, from: string): Promise<number> {
  const [row] = await query<{ found: string }>(pool, `SELECT count(*) AS found FROM ${from}`);
  return Number(row?.found);
}

/** Open files and sockets of a process, where the system tells. */
function filesOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

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
