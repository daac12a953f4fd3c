// Runs one program and ends it when told to, or when the launcher is gone: the channel to the launcher is its lifeline.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { identifyProcess } from "../../../scripts/lib/processIdentity.mjs";
import type { FromGuard, GuardedProgram, ToGuard } from "./guardProtocol.ts";

const readyLine = /^READY (\{.*\})\s*$/;
let child: ChildProcess | undefined;
let stopping = false;
let endChild = (): void => process.exit(0);

process.on("message", (message: ToGuard) => (message.type === "start" ? start(message.program) : stop()));
process.on("disconnect", stop);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);

function stop(): void {
  if (stopping) return;
  stopping = true;
  endChild();
}

function start(program: GuardedProgram): void {
  const log = openSync(program.logFile, "a", 0o600);
  const { node, uid, gid, cwd, env } = program;
  child = spawn(program.program, program.args, {
    cwd,
    env,
    ...(uid === undefined ? {} : { uid, gid }),
    stdio: node ? ["ignore", "pipe", log, "ipc"] : ["ignore", log, log],
  });
  endChild = () => {
    child?.kill(program.endSignal);
    setTimeout(() => child?.kill("SIGKILL"), program.graceMs);
  };
  child.once("error", (error) => tell({ type: "failed", message: error.message }, () => process.exit(1)));
  child.once("spawn", () => {
    const identity = child?.pid === undefined ? undefined : identifyProcess(child.pid);
    if (identity !== undefined) tell({ type: "started", child: identity });
  });
  child.once("close", (code, signal) => {
    closeSync(log);
    tell({ type: "exited", code: code ?? undefined, signal: signal ?? undefined }, () => process.exit(0));
  });
  if (node) listenForReady(child, log);
}

function listenForReady(started: ChildProcess, log: number): void {
  started.on("message", (message: { type?: unknown }) => {
    if (message !== null && message.type === "ready") tell({ type: "ready", value: message });
  });
  createInterface({ input: started.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    writeSync(log, `${line}\n`);
    const json = readyLine.exec(line)?.[1];
    if (json !== undefined) tell({ type: "ready", value: JSON.parse(json) });
  });
}

function tell(message: FromGuard, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, then);
  else then();
}
