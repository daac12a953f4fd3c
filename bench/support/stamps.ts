import { appendFile } from "node:fs/promises";
import { readFileSync } from "node:fs";

/** Milliseconds on this machine's clock, to the microsecond and never going back within one process. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Moments noted by a process while it is measured, one JSON object a line; kept in memory until `flush`, so that noting
 * costs next to nothing.
 */
export function stampWriter<Stamp>(path: string): { note(stamp: Stamp): void } {
  let lines: string[] = [];
  let writing = Promise.resolve();
  const flush = (): void => {
    const text = lines.join("");
    lines = [];
    writing = writing.then(() => appendFile(path, text));
  };
  return {
    note(stamp) {
      if (lines.length === 0) setTimeout(flush, FLUSH_AFTER_MS);
      lines.push(`${JSON.stringify(stamp)}\n`);
    },
  };
}

/** Everything noted so far; a line still being written is left for the next look. */
export function readStamps<Stamp>(path: string): Stamp[] {
  const text = readFileSync(path, { encoding: "utf8", flag: "a+" });
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Stamp);
}

const FLUSH_AFTER_MS = 100;
