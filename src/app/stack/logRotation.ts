import { appendFileSync, copyFileSync, existsSync, renameSync, rmSync, truncateSync } from "node:fs";
import { logSizeBytes } from "./logTail.ts";

/** How much of a program's log is kept: the file itself and `kept` older parts, each of about `bytesMax`. */
export type LogLimits = { bytesMax: number; kept: number; lookEveryMs: number };

/** 40 MiB a program. */
export const logLimits: LogLimits = { bytesMax: 10 * 1024 * 1024, kept: 3, lookEveryMs: 5000 };

/**
 * Sets a log aside as `<path>.1` when it has grown beyond its limit, the older parts one number up, the oldest gone.
 * The file itself is emptied, not moved: whoever has it open to append goes on writing into it. A part that cannot be
 * kept, on a full disk, is given up, and the log says so.
 */
export function rotateLog(path: string, { bytesMax, kept }: Pick<LogLimits, "bytesMax" | "kept">): void {
  if (logSizeBytes(path) <= bytesMax) return;
  let problem: string | undefined;
  try {
    for (let part = kept - 1; part >= 1; part--)
      if (existsSync(`${path}.${part}`)) renameSync(`${path}.${part}`, `${path}.${part + 1}`);
    copyFileSync(path, `${path}.1`);
  } catch (error) {
    problem = (error as Error).message;
  }
  truncateSync(path, 0);
  if (problem !== undefined) appendFileSync(path, `(an older part of this log could not be kept: ${problem})\n`);
}

/** Prepares a log file for a new run: a throwaway run starts it afresh, a kept one goes on within its limits. */
export function prepareLog(path: string, keep: boolean): void {
  if (!keep) rmSync(path, { force: true });
  else rotateLog(path, logLimits);
}
