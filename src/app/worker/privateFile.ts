import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { syncToDisk } from "../../adapters/archive/durably.ts";
import { CommandError, ExitCode } from "../commandError.ts";

/** Any right of the group or of others. */
const FOR_OTHERS = 0o077;
/** How long another change of the same file is waited for, and how often it is looked whether it is done. */
const LOCK_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Text of a file that belongs to this account and that nobody else may read or change; undefined when there is none.
 * The open file is looked at, not the name. @throws CommandError (3) when it is another's, open to others or unreadable
 */
export function readPrivate(path: string, what: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new CommandError(ExitCode.notAllowed, `the ${what} ${path} cannot be read (${code})`, { cause });
  }
  try {
    const { mode, uid } = fstatSync(fd);
    if (uid !== process.getuid?.())
      throw new CommandError(
        ExitCode.notAllowed,
        `the ${what} ${path} belongs to another account (uid ${uid}): it proves nothing here; make one of your own`,
      );
    if ((mode & FOR_OTHERS) !== 0)
      throw new CommandError(
        ExitCode.notAllowed,
        `the ${what} ${path} is open to others (mode ${(mode & 0o777).toString(8).padStart(4, "0")}); close it: ` +
          `chmod 600 ${path}`,
      );
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a file anew, its owner's alone: whoever reads it meanwhile has the old text or the new, never a part.
 * @throws Error when there is no room for the new text; the file is then as it was, and no draft stays
 */
export function replacePrivate(path: string, text: string): void {
  putPrivate(path, text, (draft) => renameSync(draft, path));
}

/**
 * Writes a file that is not there yet, its owner's alone, whole and on disk or not at all. @throws Error with the code
 * EEXIST when something is there; of the file system when there is no room, and then nothing stays
 */
export function newPrivate(path: string, text: string): void {
  // a link appears whole or not at all, and never over another
  putPrivate(path, text, (draft) => {
    linkSync(draft, path);
    rmSync(draft);
  });
}

/** `put` gives the draft its name, and leaves none. */
function putPrivate(path: string, text: string, put: (draft: string) => void): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
    put(draft);
    // the new name, too, outlives a loss of power
    syncToDisk(dirname(path));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * Write a JSON file that only its owner can read: it may hold secrets. On a full disk, or when the power goes, the file
 * stays what it was. @throws Error when it cannot be written
 */
export function writeOwnerOnly(path: string, value: unknown): void {
  replacePrivate(path, `${JSON.stringify(value, null, 1)}\n`);
}

/**
 * Does one change of a file with nobody else changing it: who comes second sees what the first has written.
 * @throws CommandError (1) when another change does not end within ten seconds
 */
export function whileLocked<T>(path: string, change: () => T): T {
  const lock = `${path}.lock`;
  mkdirSync(dirname(path), { recursive: true });
  const until = Date.now() + LOCK_WITHIN_MS;
  while (!taken(lock)) {
    if (Date.now() > until)
      throw new CommandError(
        ExitCode.no,
        `${path} is being changed by another process (its number is in ${lock}); remove ${lock} if no such ` +
          `process runs`,
      );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  try {
    return change();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
