import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { syncToDisk, writeDurably } from "../../adapters/archive/durably.ts";
import { checkDatabase } from "../../adapters/postgres/server.ts";
import { tryLock } from "../../local/lock.mjs";
import { CommandError, ExitCode } from "../commandError.ts";
import { childEnv } from "./childEnv.ts";
import { type ChildHandle, type GuardedChild, startGuarded } from "./children.ts";
import { keepRunning, type RestartRule, restartsOf } from "./keepRunning.ts";
import { prepareLog } from "./logRotation.ts";
import { startPostgres } from "./postgres.ts";
import { endRecorded, openProcessRecord } from "./processRecord.ts";
import { checkTemporal, searchAttributes, startTemporal } from "./temporalServer.ts";

export type { ChildHandle } from "./children.ts";

export type LocalStackOptions = {
  /** Folder for data, logs and the record of processes; made when missing. One stack at a time uses it. */
  dataDir: string;
  /** Keep the data for the next start. Without it the data is thrown away at the start and at the end. */
  keep?: boolean;
  /** Results of an earlier run that this one makes anew, by their paths in the folder: removed first, with a word. */
  replaces?: readonly string[];
  /** Hears, in whole lines, what is being done. */
  onProgress?: (line: string) => void;
  /** In place of the project's own search attributes: name to type. */
  searchAttributes?: Record<string, string>;
  /**
   * "stop" (the default) ends the stack and then the process on SIGINT, SIGTERM and SIGHUP; "leave" leaves them to the
   * caller.
   */
  signals?: "stop" | "leave";
  /** For tests: the ways that root may take to run PostgreSQL. */
  postgresAccountWays?: readonly ("namespace" | "account")[];
};

export type SpawnOptions = {
  /** How long the child has to report ready. */
  readyTimeoutMs?: number;
  /** How long the child has to end by itself after SIGTERM. */
  graceMs?: number;
  /** The child may end by itself: its end is no failure of the stack. */
  mayEnd?: boolean;
  /**
   * Start the child again when it dies, for as long as the rule bears (`true`: the usual one): only then its end is a
   * failure of the stack.
   */
  restart?: boolean | RestartRule;
};

export type LocalStack = {
  temporalAddress: string;
  namespace: string;
  ownerDatabaseUrl: string;
  dataDir: string;
  /** Whether the data outlive the stack. */
  keep: boolean;
  /**
   * Starts another Node process of the project, its output in `dataDir/logs/<name>.log`. Resolves when it reports
   * ready: by `process.send({ type: "ready", ... })` or a line `READY {json}` on standard output. It gets SIGTERM when
   * it is to end. Rejects, with its first and last log lines, when it ends first or is not ready in time.
   */
  spawnNode(
    name: string,
    scriptPath: string,
    args?: string[],
    env?: Record<string, string | undefined>,
    options?: SpawnOptions,
  ): Promise<ChildHandle>;
  /** Ends everything, the last started first. May be called more than once. */
  stop(): Promise<void>;
  /**
   * Rejects when a child ends that was not told to, and is not started again: its name, exit code and first and last
   * log lines. Never resolves.
   */
  failure: Promise<never>;
};

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Starts a PostgreSQL and a Temporal server for this machine alone, or uses those that `BALLAST_DATABASE_URL` and
 * `TEMPORAL_ADDRESS` (with `TEMPORAL_NAMESPACE`) name. Whatever an earlier run left behind in the data folder is ended
 * first. Every child ends with this process, also when it is killed. A server that dies is started again on its port
 * with its data, where those outlive it: Temporal's only with `keep`. Throws, with what to do, when a server does not
 * start or the folder is in use.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const dataDir = resolve(options.dataDir);
  const keep = options.keep ?? false;
  const progress = options.onProgress ?? (() => {});
  const lock = takeFolder(dataDir);
  const children: GuardedChild[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let stopped: Promise<void> | undefined;
  let prepared = false;

  const stop = () => (stopped ??= stopAll());
  const stopAll = async () => {
    await Promise.all(children.filter(({ name }) => !isServer(name)).map((child) => child.stop()));
    await Promise.all(children.map((child) => child.stop()));
    if (prepared && !keep) discardData(dataDir);
    forgetSignals();
    lock.release();
  };
  const forgetSignals =
    options.signals === "leave" ? () => {} : stopOnSignals(stop, (signal) => progress(stopText(signal, dataDir, keep)));
  const adopt = (child: GuardedChild, mayEnd = false) => {
    children.push(child);
    void child.exited.then(() => {
      const reason = child.unexpectedEnd();
      if (reason !== undefined && !mayEnd && stopped === undefined) failed.reject(new Error(reason));
    });
    return child;
  };

  try {
    for (const left of await endRecorded(dataDir))
      progress(`Ended ${left.name} (process ${left.pid}), left over from an earlier run`);
    prepareData(dataDir, keep);
    prepared = true;
    if (removeResults(dataDir, options.replaces ?? [])) progress(`Removed the results of an earlier run in ${dataDir}`);
    const record = openProcessRecord(dataDir, progress);
    const namespace = process.env["TEMPORAL_NAMESPACE"] || "default";
    const attributes = options.searchAttributes ?? searchAttributes;
    const [ownerDatabaseUrl, temporalAddress] = await settleBoth(
      (async () => {
        const given = process.env["BALLAST_DATABASE_URL"];
        if (given) return await checkDatabase(given).then(() => given);
        const { child, ownerUrl } = await startPostgres({
          dataDir,
          keep,
          record,
          accountWays: options.postgresAccountWays,
          onProgress: progress,
        });
        adopt(child);
        progress("PostgreSQL is ready");
        return ownerUrl;
      })(),
      (async () => {
        const given = process.env["TEMPORAL_ADDRESS"];
        if (given) return await checkTemporal(given, namespace, attributes, progress).then(() => given);
        const { child, address } = await startTemporal({
          dataDir,
          keep,
          record,
          namespace,
          attributes,
          onProgress: progress,
        });
        adopt(child);
        progress("Temporal is ready");
        return address;
      })(),
    );
    return {
      temporalAddress,
      namespace,
      ownerDatabaseUrl,
      dataDir,
      keep,
      stop,
      failure: failed.promise,
      spawnNode: async (name, scriptPath, args = [], env = {}, spawn = {}) => {
        if (isServer(name) || basename(name) !== name)
          throw new Error(
            `"${name}" cannot name a child: it must be a plain file name other than postgres and temporal`,
          );
        if (stopped !== undefined) throw new Error(`${name} is not started: the stack is being stopped`);
        const logFile = join(dataDir, "logs", `${name}.log`);
        prepareLog(logFile, keep);
        const launch = () =>
          startGuarded(
            {
              name,
              program: process.execPath,
              args: [resolve(scriptPath), ...args],
              cwd: process.cwd(),
              env: childEnv(env),
              logFile,
              endSignal: "SIGTERM",
              graceMs: spawn.graceMs ?? 3000,
              node: true,
            },
            record,
          );
        const ready = (started: GuardedChild) => reportedReady(started, spawn.readyTimeoutMs ?? 60_000);
        const first = adopt(await launch(), spawn.mayEnd || Boolean(spawn.restart));
        if (stopped !== undefined) await first.stop();
        const said = await ready(first);
        if (!spawn.restart) return handleOf(first, said);
        const rule = spawn.restart === true ? restartsOf(keep) : spawn.restart;
        return handleOf(adopt(keepRunning(first, { launch, ready }, progress, rule), spawn.mayEnd), said);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function handleOf(child: GuardedChild, ready: unknown): ChildHandle {
  return {
    name: child.name,
    ready,
    exited: child.exited,
    stop: child.stop,
    get pid() {
      return child.pid;
    },
  };
}

/**
 * Both results, or the first error once both have come to an end: nothing is left half started behind the caller's
 * back.
 */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

function isServer(name: string): boolean {
  return name === "postgres" || name === "temporal";
}

function takeFolder(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true });
  const { release, holder } = tryLock(join(dataDir, "launcher.lock"));
  if (release === undefined) {
    throw new CommandError(
      ExitCode.unusable,
      `the data folder ${dataDir} is in use by process ${holder.pid}; end it first, or choose another folder`,
    );
  }
  return { release };
}

function prepareData(dataDir: string, keep: boolean): void {
  const mark = join(dataDir, "kept");
  if (keep) {
    writeDurably(mark, "w", Buffer.from("The data in this folder is kept between runs.\n"));
    syncToDisk(dataDir);
  } else if (existsSync(mark))
    throw new Error(
      `${dataDir} holds data that is kept (${readFileSync(mark, "utf8").trim()}): a throwaway run must have ` +
        `another folder`,
    );
  else discardData(dataDir);
  mkdirSync(join(dataDir, "logs"), { recursive: true, mode: 0o700 });
}

function discardData(dataDir: string): void {
  for (const name of ["postgres", "postgres.new", "postgres.password", "postgres-programs", "temporal"]) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Whether there were any. */
function removeResults(dataDir: string, paths: readonly string[]): boolean {
  const there = paths.map((path) => join(dataDir, path)).filter((path) => existsSync(path));
  for (const path of there) rmSync(path, { recursive: true });
  return there.length > 0;
}

function stopText(signal: string, dataDir: string, keep: boolean): string {
  const why = signal === "SIGINT" ? "Ctrl-C" : signal;
  return keep
    ? `${why}: stopping; the data stays in ${dataDir}`
    : `${why}: stopping; the database is thrown away, the logs stay in ${join(dataDir, "logs")}`;
}

async function reportedReady(child: GuardedChild, timeoutMs: number): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(new Error(`${child.name} did not report ready within ${timeoutMs / 1000} s; see ${child.logFile}`)),
    timeoutMs,
  );
  try {
    return await Promise.race([child.readiness, late.promise]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function stopOnSignals(stop: () => Promise<void>, tell: (signal: string) => void): () => void {
  const handlers = Object.entries(exitCodes).map(([signal, code]) => {
    const handler = () => {
      tell(signal);
      void stop().finally(() => process.exit(code));
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}
