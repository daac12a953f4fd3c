import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Writes bytes at the end of a file, or anew, to the last byte and on disk. @throws Error of the file system, too where
 * only a part of them found room
 */
export function writeDurably(file: string, flag: "a" | "w", bytes: Uint8Array): void {
  const handle = openSync(file, flag, 0o600);
  try {
    // not writeSync: on a full disk it writes a part and throws nothing
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a folder, and those above it that are missing, their owner's alone; each name outlives a loss of power.
 * @throws Error of the file system
 */
export function makeFolderDurably(folder: string): void {
  const target = resolve(folder);
  const made = mkdirSync(target, { recursive: true, mode: 0o700 });
  if (made === undefined) return;
  for (let path = target; path !== dirname(made); path = dirname(path)) syncToDisk(dirname(path));
}

/** The names in a folder, or a file's bytes, outlive a loss of power. @throws Error of the file system */
export function syncToDisk(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
