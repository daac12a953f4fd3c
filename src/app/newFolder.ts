import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolderDurably, syncToDisk } from "../adapters/archive/durably.ts";
import { tryLock } from "../local/lock.mjs";
import { CommandError, ExitCode } from "./commandError.ts";
import { noRoom } from "./noRoom.ts";

/**
 * A new folder, all or nothing: `write` makes the draft that it is given; every file and folder of it is put on disk,
 * then the draft gets its name, and outlives a loss of power. What an interrupted one left is begun anew, of one that
 * fails nothing stays. `what`: a backup, say. @throws CommandError when there is something at its place or it cannot be
 * written to, another process is at it or there is no room; what `write` throws
 */
export async function newFolder<T>(folder: string, what: string, write: (draft: string) => T | Promise<T>): Promise<T> {
  const target = resolve(folder);
  const isTaken = (): boolean => lstatSync(target, { throwIfNoEntry: false }) !== undefined;
  const taken = (): CommandError =>
    new CommandError(ExitCode.unusable, `${target} exists already: ${what} is written into a new folder`);
  atPlace(target, () => makeFolderDurably(dirname(target)));
  if (isTaken()) throw taken();
  const draft = `${target}.unfinished`;
  const { release, holder } = atPlace(target, () => tryLock(`${draft}.lock`));
  if (holder !== undefined)
    throw new CommandError(
      ExitCode.unusable,
      `process ${holder.pid} is writing ${target}; let it end, or name another`,
    );
  try {
    rmSync(draft, { recursive: true, force: true });
    const written = await write(draft);
    for (const path of pathsIn(draft)) syncToDisk(path);
    // a rename replaces an empty folder without a word
    if (isTaken()) throw taken();
    renameSync(draft, target);
    syncToDisk(dirname(target));
    return written;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const code = noRoom(error);
    if (code === undefined) throw error;
    throw new CommandError(
      ExitCode.unusable,
      `there is no room for ${target} (${code}): make some, or name a folder on a larger disk; nothing was left there`,
      { cause: error },
    );
  } finally {
    release();
  }
}

/** @throws CommandError when the folder in which the new one is to stand cannot be made, looked at or written to */
function atPlace<T>(target: string, take: () => T): T {
  try {
    return take();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(
      ExitCode.unusable,
      `${target} cannot be written (${code ?? message}): name a place that this account may write to`,
      { cause },
    );
  }
}

/** The draft with every file and folder in it, what a folder holds before the folder. */
function pathsIn(draft: string): string[] {
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const inner = readdirSync(draft, { recursive: true, withFileTypes: true });
  return [draft, ...inner.map((entry) => join(entry.parentPath, entry.name))].toReversed();
}
