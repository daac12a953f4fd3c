import { isObject } from "./checks.ts";

/** Facts that one signal may carry. */
const RIDERS_MAX = 50;

/** A fact with those that ride along in its signal. */
export type Carrying<I> = I & { readonly riders?: readonly I[] };

/**
 * What a signal to a site's mailbox holds, in the order of the taking up: the facts that ride along, at most 50, and
 * the one that carries them. Takes whatever a sender may send.
 */
export function unpacked(signal: unknown): readonly unknown[] {
  if (!isObject(signal) || !Array.isArray(signal.riders)) return [signal];
  const { riders, ...carrier } = signal;
  return [...(riders as unknown[]).slice(0, RIDERS_MAX), carrier];
}
