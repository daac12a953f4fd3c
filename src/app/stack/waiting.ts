import type { GuardedChild } from "./children.ts";

const portTries = 3;
const portTaken = /address already in use|could not bind/i;

/** Thrown when a child ended before it was ready. */
export class EndedEarly extends Error {}

/**
 * Asks `isReady` until it answers true. Throws `EndedEarly` when the child ends first, or an error when `timeoutMs` pass;
 * the child is ended then. An error of `isReady` is passed on.
 */
export async function untilReady(child: GuardedChild, timeoutMs: number, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended = false;
  const end = child.exited.then(() => {
    ended = true;
    return false;
  });
  try {
    // Another program may answer on the port, or stay silent, when the child did not get it: its end counts first.
    while (!(await Promise.race([end, isReady()])) || ended) {
      if (ended) throw new EndedEarly(child.unexpectedEnd() ?? `${child.name} was told to end`);
      if (Date.now() > deadline) throw new Error(`${child.name} did not answer within ${timeoutMs / 1000} s; see ${child.logFile}`);
    }
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Starts a server on a free port, and again on another when somebody took the port in between. @throws what keeps the server from starting otherwise, or on every port tried. */
export async function withFreshPort<T>(freePort: () => Promise<number>, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof EndedEarly) || !portTaken.test(error.message) || attempt === portTries) throw error;
    }
  }
}
