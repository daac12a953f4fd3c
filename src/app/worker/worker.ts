import { readFileSync, watchFile } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import type { Activities } from "../../../activities/index.ts";
import { postgresAwardLedger } from "../../adapters/postgres/awardLedger.ts";
import { postgresInstructionLedger } from "../../adapters/postgres/instructionLedger.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { buildId } from "../buildId.ts";
import { createLog } from "../log.ts";
import { temporalAccess } from "../temporalAccess.ts";
import { createBookWorker } from "./builds/bookWorker.ts";
import { reachedSites } from "./book.ts";
import { servableSites } from "./siteBook.ts";
import { watchStopInputs } from "./stopInputs.ts";
import { keepTelling } from "./keepTelling.ts";
import { clockOf, resumeSites, siteGatewayOf, wireActivities, type Wiring } from "./wire.ts";
import { WORKER_OPTIONS, workerRoom } from "./workerOptions.ts";
import { installRuntime } from "./workerRuntime.ts";
import { taskQueueOf, type WorkerSettings } from "./workerSettings.ts";

const SETTINGS_LOOK_MS = 1_000;

/**
 * Serves the book of the settings until SIGTERM: then no new work is taken and what is under way is finished or handed
 * back. `activitiesOf` builds what the workflows call: a measure has moments of it noted.
 * @throws Error for settings, a database or a Temporal server that cannot be used
 */
export async function runWorker(activitiesOf: (wiring: Wiring) => Activities = wireActivities): Promise<void> {
  const settingsFile = required("BALLAST_WORKER_SETTINGS");
  const settings = JSON.parse(readFileSync(settingsFile, "utf8")) as WorkerSettings;
  const { bookId } = settings;
  const taskQueue = taskQueueOf(bookId);
  const log = createLog("worker");
  const { retired } = settings;
  const { served, unserved } = servableSites(settings.deployments);
  for (const one of unserved) log.error({ ...one }, "a site cannot be served as it is configured; the others are");
  installRuntime(log);
  const pool = createPool(required("BALLAST_APP_DATABASE_URL"), 20);
  const connection = await NativeConnection.connect({ address: settings.temporalAddress, ...temporalAccess() });
  const client = new Client({ connection, namespace: settings.namespace });
  const wiring: Wiring = {
    deployments: served,
    retired,
    client,
    taskQueue,
    pool,
    clock: settings.clock,
    log,
    signingKeyFile: settings.signingKeyFile,
    operatorsFile: settings.operatorsFile,
    stopInputKeysFolder: settings.stopInputKeysFolder,
  };
  const worker = await createBookWorker({
    connection,
    client,
    bookId,
    taskQueue,
    siteIds: reachedSites(served),
    activities: activitiesOf(wiring),
    room: workerRoom(wiring),
    workflowsPath: WORKER_OPTIONS.workflowsPath,
    buildId: buildId(),
    builds: settings.builds,
    log,
  });
  // A changed configuration is taken up by a new process, which the launcher starts.
  watchFile(settingsFile, { interval: SETTINGS_LOOK_MS }, () => {
    log.warn({ settingsFile }, "the settings have changed: this worker ends, the next one uses them");
    worker.shutdown();
  });
  const resume = await resumeSites(wiring);
  process.send?.({ type: "ready", unversioned: worker.unversioned });
  void resume();
  const ended = new AbortController();
  const [ledger, awards] = [postgresInstructionLedger(pool), postgresAwardLedger(pool)];
  const gateway = siteGatewayOf(wiring);
  const telling = keepTelling({ ledger, awards, gateway, clock: clockOf(wiring.clock), log }, ended.signal);
  const stopping = watchStopInputs(wiring, ended.signal);
  await worker.run();
  ended.abort();
  await Promise.all([telling, stopping]);
  await pool.end();
  await connection.close();
  process.exit(0);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The worker needs ${name} in its environment.`);
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runWorker().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
