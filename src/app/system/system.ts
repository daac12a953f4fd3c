import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import pLimit from "p-limit";
import { type DatabaseHold, holdDatabase } from "../../adapters/postgres/databaseHold.ts";
import { recordAddition, retirementsOnRecord } from "../../adapters/postgres/bookSites.ts";
import { claimForBook, migrate } from "../../adapters/postgres/migrate.ts";
import { createPool, type Pool } from "../../adapters/postgres/pool.ts";
import { CHANNEL_ARGS } from "../../adapters/temporal/channel.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { operatorsFile } from "../worker/operatorList.ts";
import { writeOwnerOnly } from "../worker/privateFile.ts";
import { stopInputKeysFolder } from "../worker/stopInputKeys.ts";
import { folderSigningKey, SIGNING_KEY_ENV } from "../worker/signingKey.ts";
import { buildsFile } from "../worker/builds/buildsNow.ts";
import type { BuildsSettings } from "../worker/builds/bookWorker.ts";
import type { Deployment } from "../worker/deployment.ts";
import { type ArchiveSettings, type Book, bookOfOne } from "../worker/book.ts";
import { servableSites, type UnservedSite } from "../worker/siteBook.ts";
import { temporalAccess } from "../temporalAccess.ts";
import type { ChildHandle, LocalStack } from "../stack/localStack.ts";
import { refuseOtherLedger } from "./refuseOtherLedger.ts";
import { refuseOtherWorker } from "./refuseOtherWorker.ts";
import { clockOf, type ClockSettings } from "../worker/wire.ts";
import type { WorkerSettings } from "../worker/workerSettings.ts";
import { ASKED_AT_ONCE, startWatches } from "./watches.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** How to find a running system: in `run.json` of its data folder, readable by its owner only. */
export interface RunFile extends Book {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly appDatabaseUrl: string;
  readonly clock: ClockSettings;
  /** Sites of the book that do not run, and why; the others do. */
  readonly unserved?: readonly UnservedSite[];
  /** Where old documents go, and when; absent where only `ballast archive` takes them. */
  readonly archive?: ArchiveSettings;
}

/** Ballast itself over its two servers: worker and feed workflows of a book of sites. */
export interface BookSystem {
  readonly stack: LocalStack;
  readonly client: Client;
  readonly pool: Pool;
  readonly clock: MarketClock;
  readonly clockSettings: ClockSettings;
  /** The sites that run. */
  readonly book: Book;
  /** Sites of the book that do not, and why. */
  readonly unserved: readonly UnservedSite[];
  readonly worker: ChildHandle;
  /** Rejects when the database was away and another start has taken it. Never resolves. */
  readonly ousted: Promise<never>;
  /** Ends the worker, then the connections; the stack is the caller's. May be called more than once. */
  stop(): Promise<void>;
}

/** The same for a site that runs by itself. */
export interface System extends BookSystem {
  readonly deployment: Deployment;
}

/** Starts a site that runs by itself, as a book of one. @throws Error as `startBook` does */
export async function startSystem({
  deployment,
  ...options
}: Omit<StartOptions, "book" | "inForce"> & { readonly deployment: Deployment }): Promise<System> {
  return { ...(await startBook({ ...options, book: bookOfOne(deployment) })), deployment };
}

/**
 * Take the database, bring its schema up to date, start a worker with what `inForce` finds in the book's own database,
 * else with `book`, and begin the feed workflows (or find them running). @throws Error when the database is in use by
 * another start or is another book's, or when one of the sites is open for another database, or the book served by a
 * worker of another data folder, on the Temporal server.
 */
export async function startBook(options: StartOptions): Promise<BookSystem> {
  // Before anything is changed: a start that is refused must not take its password from one that runs.
  const hold = await holdDatabase(options.stack.ownerDatabaseUrl);
  try {
    return await startHeld(options, hold);
  } catch (error) {
    await hold.release();
    throw error;
  }
}

interface StartOptions {
  readonly stack: LocalStack;
  readonly book: Book;
  readonly clock: ClockSettings;
  readonly inForce?: (appDatabaseUrl: string) => Promise<Book>;
  /** Sites whose files cannot be used. */
  readonly broken?: readonly UnservedSite[];
  readonly archive?: ArchiveSettings;
  /** In place of the worker's own program: one that notes moments of what it does. */
  readonly workerScript?: string;
}

async function startHeld(options: StartOptions, hold: DatabaseHold): Promise<BookSystem> {
  const { stack, clock: clockSettings } = options;
  const { bookId } = options.book;
  const { temporalAddress, namespace } = stack;
  const appDatabaseUrl = await migrate(stack.ownerDatabaseUrl, randomBytes(18).toString("hex"));
  const ledgerId = await claimForBook(stack.ownerDatabaseUrl, bookId);
  const connection = await Connection.connect({
    address: temporalAddress,
    channelArgs: CHANNEL_ARGS,
    ...temporalAccess(),
  });
  const client = new Client({ connection, namespace });
  const { book, unserved } = await bookToRun(client, options, { appDatabaseUrl, ledgerId }).catch(
    async (error: unknown) => {
      await connection.close();
      throw error;
    },
  );
  writeOwnerOnly(join(stack.dataDir, "run.json"), {
    temporalAddress,
    namespace,
    appDatabaseUrl,
    clock: clockSettings,
    ...book,
    unserved,
    archive: options.archive,
  } satisfies RunFile);
  const worker = await startWorker(
    stack,
    {
      ...book,
      temporalAddress,
      namespace,
      clock: clockSettings,
      signingKeyFile: process.env[SIGNING_KEY_ENV] || folderSigningKey(stack.dataDir).privateKeyFile,
      operatorsFile: operatorsFile(stack.dataDir),
      stopInputKeysFolder: stopInputKeysFolder(stack.dataDir),
      builds: buildsOf(stack),
    },
    appDatabaseUrl,
    options.workerScript,
  );
  const pool = createPool(appDatabaseUrl, 6);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await worker.stop();
    await pool.end();
    await connection.close();
    await hold.release();
  };
  const system: BookSystem = {
    stack,
    book,
    unserved,
    worker,
    pool,
    clockSettings,
    clock: clockOf(clockSettings),
    client,
    ousted: hold.taken,
    stop: () => (stopped ??= stop()),
  };
  const at = await system.clock.now();
  const [actor, reason] = ["ballast", "in the book as it was started"];
  for (const { plan } of book.deployments) await recordAddition(pool, { siteId: plan.siteId, actor, reason, at });
  await startWatches(system, ledgerId);
  return system;
}

/**
 * What is started, once it is known that nobody else runs it. @throws Error naming who does, and what to do; or why not
 * one of its sites can run
 */
async function bookToRun(
  client: Client,
  { stack, book, inForce, broken = [] }: StartOptions,
  { appDatabaseUrl, ledgerId }: { readonly appDatabaseUrl: string; readonly ledgerId: string },
): Promise<Pick<BookSystem, "book" | "unserved">> {
  await pLimit(ASKED_AT_ONCE).map(book.deployments, ({ plan }) => refuseOtherLedger(client, plan.siteId, ledgerId));
  await refuseOtherWorker(client, book.bookId, stack.dataDir);
  const { deployments } = (await inForce?.(appDatabaseUrl)) ?? book;
  const pool = createPool(appDatabaseUrl, 1);
  const retired = await retirementsOnRecord(pool).finally(() => pool.end());
  const { served, unserved } = servableSites(deployments);
  const isServed = ({ siteId }: UnservedSite): boolean => served.some(({ plan }) => plan.siteId === siteId);
  if (served.length === 0)
    throw new Error(unserved.map(({ siteId, problem }) => `site ${siteId}: ${problem}`).join("; "));
  return {
    book: { bookId: book.bookId, deployments: served, retired },
    unserved: [...broken.filter((one) => !isServed(one)), ...unserved],
  };
}

/**
 * Where a stack keeps its workflow bundles: with its data where those are kept, because runs outlive a start; else in
 * one folder for all throwaway stacks of this clone, from which the others copy.
 */
function buildsOf({ dataDir, keep }: LocalStack): BuildsSettings {
  const nowFile = buildsFile(dataDir);
  const ofClone = join(ROOT, ".data", "builds");
  if (keep) return { folder: join(dataDir, "builds"), copyFrom: ofClone, nowFile, forgetAfterDays: BUILDS_KEPT_DAYS };
  return { folder: ofClone, nowFile, forgetAfterDays: 1 };
}

/** The longest run, of a day's settlement, ends after 30 days. */
const BUILDS_KEPT_DAYS = 45;

const WORKER_SCRIPT = fileURLToPath(new URL("../worker/worker.ts", import.meta.url));

async function startWorker(
  stack: LocalStack,
  settings: WorkerSettings,
  appDatabaseUrl: string,
  script = WORKER_SCRIPT,
): Promise<ChildHandle> {
  const file = join(stack.dataDir, "worker.json");
  writeOwnerOnly(file, settings);
  return stack.spawnNode(
    "worker",
    script,
    [],
    { BALLAST_WORKER_SETTINGS: file, BALLAST_APP_DATABASE_URL: appDatabaseUrl },
    { graceMs: 10_000, restart: true },
  );
}
