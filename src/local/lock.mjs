import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identifyProcess, isRunning } from "./processIdentity.mjs";

/** @typedef {import("./processIdentity.mjs").ProcessIdentity} ProcessIdentity */

/**
 * Tries to take a lock file for this process. Returns `{ release }`, or `{ holder }` when another live process holds
 * it. A lock whose holder has died is taken over.
 * @param {string} path
 * @returns {{ release: () => void, holder?: undefined } | { release?: undefined, holder: ProcessIdentity }}
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
      if (codeOf(error) !== "EEXIST") throw error;
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

/**
 * Waits for a lock; `onWait(holder)` is called once when somebody else holds it. Throws after `timeoutMs`.
 * @param {string} path
 * @param {{ timeoutMs: number, onWait?: (holder: ProcessIdentity) => void }} options
 */
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

/**
 * @param {string} path
 * @param {string} mine
 */
function releaseLock(path, mine) {
  if (readIfThere(path) === mine) rmSync(path, { force: true });
}

/**
 * @param {string} path
 * @param {string} stale
 */
function setAside(path, stale) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  // Somebody may have taken the lock over between the look and the move: then it is theirs, put it back.
  if (readIfThere(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} text
 * @returns {ProcessIdentity | undefined}
 */
function parseHolder(text) {
  try {
    const holder = JSON.parse(text);
    return typeof holder?.pid === "number" && typeof holder?.started === "string" ? holder : undefined;
  } catch {
    return undefined; // not written by us in whole: nobody holds it
  }
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
