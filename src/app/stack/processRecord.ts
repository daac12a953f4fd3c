import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning, type ProcessIdentity, signalProcess } from "../../local/processIdentity.mjs";

/** One process that the stack started, named so that no other can be taken for it. */
export type RecordedProcess = ProcessIdentity & { name: string; command: string; endSignal: NodeJS.Signals };

/** The record, in the data folder, of the processes that a stack has started and that may still run. */
export type ProcessRecord = {
  add(process: RecordedProcess): void;
  remove(...gone: ProcessIdentity[]): void;
};

const graceMs = 3000;
const pollMs = 50;

/**
 * Opens the record of a data folder. It is written whole at every change. What cannot be written, on a full disk, goes
 * to the disk with the next change, and `hear` gets a line: no process ends for it.
 */
export function openProcessRecord(dataDir: string, hear: (line: string) => void = () => {}): ProcessRecord {
  const path = recordPath(dataDir);
  let processes = readRecord(path);
  const write = () => {
    try {
      writeFileSync(`${path}.new`, JSON.stringify(processes, undefined, 2), { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    } catch (error) {
      hear(`The record of processes could not be written (${(error as Error).message}): make room in ${dataDir}`);
    }
  };
  return {
    add: (process) => {
      processes = [...processes, process];
      write();
    },
    remove: (...gone) => {
      processes = processes.filter((kept) => !gone.some((one) => one.pid === kept.pid && one.started === kept.started));
      write();
    },
  };
}

/**
 * Ends what an earlier run recorded in this folder and left running: exactly those processes, told by number and start.
 * Resolves with those it found running. Throws when one cannot be ended.
 */
export async function endRecorded(dataDir: string): Promise<RecordedProcess[]> {
  const path = recordPath(dataDir);
  const left = readRecord(path).filter(isRunning);
  for (const one of left) signalProcess(one, one.endSignal);
  const deadline = Date.now() + graceMs;
  while (left.some(isRunning) && Date.now() < deadline) await pause(pollMs);
  for (const one of left) signalProcess(one, "SIGKILL");
  while (left.some(isRunning)) {
    if (Date.now() > deadline + graceMs)
      throw new Error(`process ${left.find(isRunning)?.pid} of an earlier run does not end; end it by hand`);
    await pause(pollMs);
  }
  rmSync(path, { force: true });
  return left;
}

/** Whether any process runs that a stack of this data folder started. @throws Error when the record is damaged. */
export function hasRunningStack(dataDir: string): boolean {
  return readRecord(recordPath(dataDir)).some(isRunning);
}

function recordPath(dataDir: string): string {
  return join(dataDir, "processes.json");
}

function readRecord(path: string): RecordedProcess[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const processes = parsed(text);
  if (!Array.isArray(processes))
    throw new Error(`${path} is not a record of processes; remove it once none of them runs`);
  return processes as RecordedProcess[];
}

/** Undefined for a text that is no JSON: an empty file, after the machine lost its power. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
