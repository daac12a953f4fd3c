import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { identifyProcess, type ProcessIdentity, signalProcess } from "../../local/processIdentity.mjs";
import { childEnv } from "./childEnv.ts";
import type { FromGuard, GuardedProgram, ToGuard } from "./guardProtocol.ts";
import { firstAndLastLines, logSizeBytes } from "./logTail.ts";
import type { ProcessRecord } from "./processRecord.ts";

const guardPath = fileURLToPath(new URL("./guard.ts", import.meta.url));

/** A running child of the stack. */
export type ChildHandle = {
  name: string;
  /** Number of the program's own process, not of its guard; another one after a restart. */
  readonly pid: number;
  /** What the child said of itself when it was ready; undefined for programs that say nothing. */
  ready: unknown;
  /** Resolves with the exit code, or with 128 for an end by a signal; never rejects. */
  exited: Promise<number>;
  /** Ends the child and resolves when it is gone. */
  stop(): Promise<void>;
};

/** A child as the stack itself sees it. */
export type GuardedChild = Omit<ChildHandle, "ready"> & {
  readiness: Promise<unknown>;
  logFile: string;
  /**
   * Says how it ended, in its first line, and what its log says of it, first and last lines; undefined while it runs or
   * when it was told to end.
   */
  unexpectedEnd(): string | undefined;
};

/**
 * Starts a program under a guard process, in a session of its own so that a terminal's Ctrl-C reaches the launcher
 * alone. The guard ends the program when told to and when the launcher has gone, however it went. Both are noted in
 * `record`. Rejects when the program cannot be started.
 */
export async function startGuarded(program: GuardedProgram, record: ProcessRecord): Promise<GuardedChild> {
  mkdirSync(dirname(program.logFile), { recursive: true, mode: 0o700 });
  const logFromBytes = logSizeBytes(program.logFile);
  const log = openSync(program.logFile, "a", 0o600);
  const guard = spawn(process.execPath, [guardPath, program.name], {
    detached: true,
    env: childEnv({}),
    stdio: ["ignore", "ignore", log, "ipc"],
  });
  closeSync(log);
  // Its last message may be read after its exit is seen: only the closed channel says that there is no more.
  const guardExited = Promise.all([
    new Promise<void>((resolve) => guard.once("exit", () => resolve())),
    new Promise<void>((resolve) => guard.once("disconnect", () => resolve())),
  ]);
  const guardIdentity = await identityOf(guard);
  record.add({
    ...guardIdentity,
    name: `${program.name} guard`,
    command: `${process.execPath} ${guardPath}`,
    endSignal: "SIGTERM",
  });

  let told = false;
  let end: { code: number | undefined; signal: NodeJS.Signals | undefined } | undefined;
  const readiness = Promise.withResolvers<unknown>();
  readiness.promise.catch(() => {});
  const started = Promise.withResolvers<ProcessIdentity>();
  guard.on("message", (message: FromGuard) => {
    if (message.type === "started") started.resolve(message.child);
    else if (message.type === "ready") readiness.resolve(message.value);
    else if (message.type === "exited") end = { code: message.code, signal: message.signal };
    else
      for (const promise of [started, readiness])
        promise.reject(new Error(`${program.name} could not be started: ${message.message}`));
  });
  guard.once("error", (error) => started.reject(error));
  void guardExited.then(() => started.reject(new Error(`${program.name} could not be started: its guard ended`)));
  guard.send({ type: "start", program } satisfies ToGuard);
  const child = await started.promise.catch((error: unknown) => {
    record.remove(guardIdentity);
    throw error;
  });
  record.add({
    ...child,
    name: program.name,
    command: [program.program, ...program.args].join(" "),
    endSignal: program.endSignal,
  });

  const describeEnd = () => {
    const how =
      end === undefined
        ? "lost its guard"
        : end.signal === undefined
          ? `ended with exit code ${end.code}`
          : `was ended by ${end.signal}`;
    return (
      `${program.name} ${how}.\nFrom its log ` +
      `(${program.logFile}):\n${firstAndLastLines(program.logFile, logFromBytes)}`
    );
  };
  const exited = guardExited.then(() => {
    // A guard that was itself killed leaves its program behind.
    if (end === undefined) signalProcess(child, "SIGKILL");
    record.remove(child, guardIdentity);
    readiness.reject(new Error(describeEnd()));
    return end?.code ?? 128;
  });
  return {
    name: program.name,
    pid: child.pid,
    readiness: readiness.promise,
    logFile: program.logFile,
    exited,
    unexpectedEnd: () => (told || (guard.exitCode === null && guard.signalCode === null) ? undefined : describeEnd()),
    stop: async () => {
      told = true;
      if (guard.connected) guard.send({ type: "stop" } satisfies ToGuard, () => {});
      await exited;
    },
  };
}

async function identityOf(started: ChildProcess): Promise<ProcessIdentity> {
  await new Promise<void>((resolve, reject) => {
    started.once("spawn", resolve);
    started.once("error", reject);
  });
  const identity = started.pid === undefined ? undefined : identifyProcess(started.pid);
  if (identity === undefined) throw new Error("a guard process ended as soon as it was started");
  return identity;
}
