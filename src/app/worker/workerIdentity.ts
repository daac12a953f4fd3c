import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { hostname } from "node:os";

/**
 * The name under which a book's worker asks Temporal for work. It tells workers of one data folder from those of a copy
 * of it or of another machine. @throws Error when the folder is not there
 */
export function workerIdentity(bookId: string, dataDir: string): string {
  return `${prefixOf(bookId, dataDir)}${process.pid}`;
}

/** Whether a name is that of a worker which this data folder started. @throws Error when the folder is not there */
export function isWorkerOf(identity: string, bookId: string, dataDir: string): boolean {
  return identity.startsWith(prefixOf(bookId, dataDir));
}

function prefixOf(bookId: string, dataDir: string): string {
  const { dev, ino } = statSync(dataDir);
  const folder = createHash("sha256").update(`${hostname()}\0${dev}\0${ino}`).digest("hex").slice(0, 12);
  return `ballast-worker/${bookId}/${folder}/`;
}
