import { setTimeout as delay } from "node:timers/promises";
import { Client } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { createPool } from "../../adapters/postgres/pool.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { Log } from "../../ports/log.ts";
import { temporalAccess } from "../temporalAccess.ts";
import { siteWorkers } from "../worker/siteWorkers.ts";
import { readStopInputs } from "../worker/stopInputs.ts";
import { type SiteWiring, wireSiteActivities } from "../worker/wire.ts";
import { workerIdentity } from "../worker/workerIdentity.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";
import { readRunFile, siteOf } from "./runFolder.ts";
import type { RunFile } from "./system.ts";

/** Between two looks at the run's description, real milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Before servers that do not answer are asked again, real milliseconds. */
const AGAIN_AFTER_MS = 5_000;

export interface ServeSite {
  readonly dataDir: string;
  readonly siteId: string;
  readonly log: Log;
  /** Hears each time that the site's work is taken. */
  readonly onServing: (taskQueue: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Serves the machines and meters of one site, whose book runs elsewhere, until `signal` aborts: takes the work from the
 * site's own queue, anew whenever the run's description changes, and again where the servers did not answer.
 * @throws CommandError when the description cannot be read at the beginning, or names no such site
 */
export async function serveSite({ dataDir, siteId, log, onServing, signal }: ServeSite): Promise<void> {
  let run = readRunFile(dataDir);
  siteOf(run, siteId);
  while (!signal.aborted) {
    const changed = new AbortController();
    try {
      await Promise.all([
        serve(run, { dataDir, siteId, log, onServing, signal: AbortSignal.any([signal, changed.signal]) }).finally(() =>
          changed.abort(),
        ),
        changeOf(run, { dataDir, siteId, log, signal: AbortSignal.any([signal, changed.signal]) }).then((now) => {
          run = now;
          changed.abort();
        }),
      ]);
    } catch (error) {
      log.error({ siteId, problem: thrownText(error) }, "the site's work cannot be taken; trying again");
      await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Takes the site's work until `signal` aborts. @throws what the servers' clients throw */
async function serve(run: RunFile, { dataDir, siteId, log, onServing, signal }: ServeSite): Promise<void> {
  const { bookId, namespace, temporalAddress: address, appDatabaseUrl, clock, retired } = run;
  const taskQueue = taskQueueOf(bookId);
  const connection = await NativeConnection.connect({ address, ...temporalAccess() });
  const pool = createPool(appDatabaseUrl, 10);
  const wiring: SiteWiring = {
    deployments: [siteOf(run, siteId)],
    retired,
    client: new Client({ connection, namespace }),
    taskQueue,
    pool,
    clock,
    log,
  };
  const wired = wireSiteActivities(wiring);
  const ended = new AbortController();
  const reading = readStopInputs(wiring, AbortSignal.any([signal, ended.signal]));
  try {
    const identity = workerIdentity(bookId, dataDir);
    const [worker] = await siteWorkers({
      connection,
      namespace,
      taskQueue,
      siteIds: [siteId],
      activities: wired.activities,
      identity,
    });
    if (worker === undefined || signal.aborted) return;
    const end = (): void => void (worker.getState() === "RUNNING" && worker.shutdown());
    signal.addEventListener("abort", end, { once: true });
    const running = worker.run();
    onServing(worker.options.taskQueue);
    await running;
  } finally {
    ended.abort();
    await reading;
    wired.close();
    await pool.end();
    await connection.close();
  }
}

/** Resolves with the run as it is described once that has changed for the site, or `signal` aborts. */
async function changeOf(
  run: RunFile,
  { dataDir, siteId, log, signal }: Omit<ServeSite, "onServing">,
): Promise<RunFile> {
  const told = (one: RunFile): string => JSON.stringify({ ...one, deployments: [siteOf(one, siteId)], unserved: [] });
  for (let problem: string | undefined; !signal.aborted;) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    try {
      const now = readRunFile(dataDir);
      if (told(now) !== told(run)) return now;
      problem = undefined;
    } catch (error) {
      const before = problem;
      problem = thrownText(error);
      if (problem !== before)
        log.warn({ siteId, problem }, "the run's description does not serve; what it said before stands");
    }
  }
  return run;
}
