import { closeSync, openSync, readSync, statSync } from "node:fs";

const partBytes = 8192;
const firstShown = 6;
const shown = 20;

/** Size of a log file in bytes; 0 when there is none. */
export function logSizeBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * The first and the last lines that were written since the log had `startBytes`, or what stands in their place when it
 * cannot be read. The first are there because a program that ends with a long stack trace says why before it.
 */
export function firstAndLastLines(path: string, startBytes: number): string {
  return textOf(path, (read, sizeBytes) => {
    // A log that was set aside meanwhile begins anew.
    const fromBytes = startBytes > sizeBytes ? 0 : startBytes;
    const first = read(fromBytes);
    const last = read(Math.max(fromBytes, sizeBytes - partBytes));
    const isWhole = sizeBytes - fromBytes <= partBytes && first.length <= shown;
    return isWhole ? first : [...first.slice(0, firstShown), "...", ...last.slice(firstShown - shown)];
  });
}

function textOf(path: string, choose: (read: (fromBytes: number) => string[], sizeBytes: number) => string[]): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return `(no log: ${(error as Error).message})`;
  }
  try {
    const buffer = Buffer.alloc(partBytes);
    const read = (fromBytes: number) =>
      buffer
        .toString("utf8", 0, readSync(file, buffer, 0, partBytes, fromBytes))
        .trimEnd()
        .split("\n");
    return choose(read, logSizeBytes(path)).join("\n") || "(it wrote nothing)";
  } finally {
    closeSync(file);
  }
}
