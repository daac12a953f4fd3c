import { type Instant, secondsBetween } from "../units/instant.ts";
import type { PowerLook } from "./responseClock.ts";

/** A look this much before an instant still says what the meter showed then, s. */
const LOOK_AGE_MAX = 120;
/** A dispatch that begins later than this after the start is measured against a load that may have drifted, s. */
const AFTER_START_MAX = 600;

/** One look, and whether its load may move by a command. */
export type BaseCandidate = PowerLook & { readonly isMoving?: boolean };

/**
 * The look that says what the meter showed at the start of a clock, of some looks, ascending: the last one up to it, at
 * most 120 s old and with no dispatch begun since; else the first from the start on, where that is the reading that a
 * dispatch made before its commands, no earlier dispatch may move the load, and the clock has not run out (`dueAt`).
 * Undefined where neither stands.
 */
export function clockBase(
  looks: readonly BaseCandidate[],
  startedAt: Instant,
  dueAt: Instant | undefined,
): BaseCandidate | undefined {
  const before = looks.findLast(
    ({ at, powerKw, beforeRevision }) =>
      at <= startedAt && (powerKw !== undefined || (beforeRevision !== undefined && at < startedAt)),
  );
  const isFollowed = before?.beforeRevision !== undefined && before.at < startedAt;
  if (before?.powerKw !== undefined && !isFollowed && secondsBetween(before.at, startedAt) <= LOOK_AGE_MAX)
    return before;
  const first = looks.find(({ at }) => at >= startedAt);
  if (first?.powerKw === undefined || first.beforeRevision === undefined || first.isMoving !== false) return undefined;
  const isLate = secondsBetween(startedAt, first.at) > AFTER_START_MAX || (dueAt !== undefined && first.at >= dueAt);
  return isLate ? undefined : first;
}
