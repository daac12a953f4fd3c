// Runs one program and ends it when told to, or when the launcher is gone: the channel to the launcher is its lifeline.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { identifyProcess } from "../../local/processIdentity.mjs";
import type { FromGuard, GuardedProgram, ToGuard } from "./guardProtocol.ts";
import { logLimits, rotateLog } from "./logRotation.ts";

/** Without a launcher everything ends soon, however long the program was promised. */
const orphanGraceMs = 2500;
const drainMs = 500;
const readyLine = /^READY (\{.*\})\s*$/;
let child: ChildProcess | undefined;
let stopping = false;
let endChild = (_longestGraceMs: number): void => process.exit(0);

process.on("message", (message: ToGuard) =>
  message.type === "start" ? start(message.program) : stop(Number.POSITIVE_INFINITY),
);
process.on("disconnect", () => stop(orphanGraceMs));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(orphanGraceMs));

function stop(longestGraceMs: number): void {
  if (stopping && longestGraceMs > orphanGraceMs) return;
  stopping = true;
  endChild(longestGraceMs);
}

function start(program: GuardedProgram): void {
  const log = openSync(program.logFile, "a", 0o600);
  const { node, uid, gid, cwd, env } = program;
  const limits = program.logLimits ?? logLimits;
  const lines = lineWriter(log);
  setInterval(() => orLater(() => rotateLog(program.logFile, limits)), limits.lookEveryMs).unref();
  child = spawn(program.program, program.args, {
    cwd,
    env,
    ...(uid === undefined ? {} : { uid, gid }),
    stdio: node ? ["ignore", "pipe", log, "ipc"] : ["ignore", log, log],
  });
  endChild = (longestGraceMs) => {
    child?.kill(program.endSignal);
    setTimeout(() => child?.kill("SIGKILL"), Math.min(program.graceMs, longestGraceMs));
  };
  child.once("error", (error) => tell({ type: "failed", message: error.message }, () => process.exit(1)));
  child.once("spawn", () => {
    const identity = child?.pid === undefined ? undefined : identifyProcess(child.pid);
    if (identity !== undefined) tell({ type: "started", child: identity });
  });
  let finished = false;
  const finish = (code: number | null, signal: NodeJS.Signals | null) => {
    if (finished) return;
    finished = true;
    closeSync(log);
    tell({ type: "exited", code: code ?? undefined, signal: signal ?? undefined }, () => process.exit(0));
  };
  child.once("close", finish);
  // Something that the program started may hold its output open: its end counts all the same.
  child.once("exit", (code, signal) => setTimeout(finish, drainMs, code, signal));
  if (node) listenForReady(child, lines);
}

/** Does what a full disk may refuse; the caller tries again at its next turn. No program ends for its log. */
function orLater(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Writes whole lines to a log; once it takes lines again, it says how many it did not take, and why. */
function lineWriter(log: number): (line: string) => void {
  let lost = 0;
  let why = "";
  return (line) => {
    const gap = lost === 0 ? "" : `(${lost} lines of this log could not be written: ${why})\n`;
    const problem = orLater(() => writeSync(log, `${gap}${line}\n`));
    lost = problem === undefined ? 0 : lost + 1;
    why = problem === undefined ? "" : problem.message;
  };
}

function listenForReady(started: ChildProcess, note: (line: string) => void): void {
  started.on("message", (message: { type?: unknown }) => {
    if (message !== null && message.type === "ready") tell({ type: "ready", value: message });
  });
  createInterface({ input: started.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    note(line);
    const json = readyLine.exec(line)?.[1];
    if (json === undefined) return;
    try {
      tell({ type: "ready", value: JSON.parse(json) });
    } catch (error) {
      tell({ type: "failed", message: `its READY line holds no JSON: ${(error as Error).message}` });
    }
  });
}

function tell(message: FromGuard, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, then);
  else then();
}
