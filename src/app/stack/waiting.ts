import { setTimeout as pause } from "node:timers/promises";
import type { GuardedChild } from "./children.ts";

const portTries = 3;
const portTaken = /address already in use|could not bind/i;
/** A server that did not get its port ends soon; until then whoever has it may answer in its place. */
const endsSoonMs = 2000;

/** Thrown when a child ended before it was ready. */
export class EndedEarly extends Error {}

/**
 * Asks `isReady` until it answers true. Throws `EndedEarly` when the child ends first, or an error when `timeoutMs`
 * pass, also while an answer is awaited; the child is ended then. An error of `isReady` is passed on, unless the child
 * ends with it.
 */
export async function untilReady(
  child: GuardedChild,
  timeoutMs: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const waiting = new AbortController();
  const ended = child.exited.then(() => {
    throw new EndedEarly(child.unexpectedEnd() ?? `${child.name} was told to end`);
  });
  const late = pause(timeoutMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`${child.name} did not answer within ${timeoutMs / 1000} s; see ${child.logFile}`);
  });
  for (const rejection of [ended, late]) rejection.catch(() => {});
  try {
    // The end comes first: another program may answer on the port, or stay silent, when the child did not get it.
    while (!(await Promise.race([ended, late, answerOrEnd(isReady, ended)])));
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

async function answerOrEnd(isReady: () => Promise<boolean>, ended: Promise<never>): Promise<boolean> {
  try {
    return await isReady();
  } catch (error) {
    await Promise.race([ended, pause(endsSoonMs)]);
    throw error;
  }
}

/**
 * Starts a server on a free port, and again on another when somebody took one of its ports in between. @throws what
 * keeps the server from starting otherwise, or on every port tried.
 */
export async function withFreshPort<T>(
  freePort: () => Promise<number>,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof EndedEarly) || !portTaken.test(error.message) || attempt === portTries) throw error;
    }
  }
}
