import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identifyProcess, isRunning } from "./processIdentity.mjs";

/**
 * Tries to take a lock file for this process. Returns `{ release }`, or `{ holder }` when another live process holds
 * it. A lock whose holder has died is taken over.
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify(identifyProcess(process.pid));
  const draft = `${path}.${process.pid}`;
  for (;;) {
    writeFileSync(draft, mine);
    try {
      linkSync(draft, path); // a link appears whole or not at all, and never over another
      return { release: () => releaseLock(path, mine) };
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const found = readIfThere(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isRunning(holder)) return { holder };
    setAside(path, found);
  }
}

/** Waits for a lock; `onWait(holder)` is called once when somebody else holds it. Throws after `timeoutMs`. */
export async function waitForLock(path, { timeoutMs, onWait }) {
  const deadline = Date.now() + timeoutMs;
  for (let told = false; ; told = true) {
    const { release, holder } = tryLock(path);
    if (release !== undefined) return release;
    if (!told) onWait?.(holder);
    if (Date.now() > deadline) {
      throw new Error(
        `process ${holder.pid} has held ${path} for more than ${Math.round(timeoutMs / 1000)} s; end it or wait ` +
          `for it, then try again`,
      );
    }
    await pause(250);
  }
}

function releaseLock(path, mine) {
  if (readIfThere(path) === mine) rmSync(path, { force: true });
}

function setAside(path, stale) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  // Somebody may have taken the lock over between the look and the move: then it is theirs, put it back.
  if (readIfThere(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
  rmSync(aside, { force: true });
}

function parseHolder(text) {
  try {
    const holder = JSON.parse(text);
    return typeof holder?.pid === "number" && typeof holder?.started === "string" ? holder : undefined;
  } catch {
    return undefined; // not written by us in whole: nobody holds it
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
