import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";

const tailBytes = 8192;
const largestKeptBytes = 10 * 1024 * 1024;

/** The last lines of a log file, or what stands in their place when it cannot be read. */
export function lastLines(path: string, count = 20): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return `(no log: ${(error as Error).message})`;
  }
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString("utf8").trimEnd().split("\n").slice(-count).join("\n");
    return lines === "" ? "(it wrote nothing)" : lines;
  } finally {
    closeSync(file);
  }
}

/** Prepares a log file for a new run: a throwaway run starts it afresh, a kept one sets it aside when it has grown large. */
export function prepareLog(path: string, keep: boolean): void {
  if (!keep) rmSync(path, { force: true });
  else if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestKeptBytes) renameSync(path, `${path}.1`);
}
