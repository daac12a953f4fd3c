import { type Instant, secondsBetween } from "../units/instant.ts";

/** Load may still follow a dispatch that has closed, s. */
const FOLLOWS_SECONDS = 300;

/**
 * Whether the load of a site may move by a command at an instant: while a dispatch is under way, and for 300 s after
 * the last one closed. One that closed far ahead was dated by a clock that has been set back since.
 */
export function loadMayMove(
  { isDispatching, dispatchedAt }: { readonly isDispatching: boolean; readonly dispatchedAt?: Instant },
  at: Instant,
): boolean {
  if (isDispatching) return true;
  if (dispatchedAt === undefined) return false;
  const seconds = secondsBetween(dispatchedAt, at);
  return -FOLLOWS_SECONDS < seconds && seconds < FOLLOWS_SECONDS;
}
