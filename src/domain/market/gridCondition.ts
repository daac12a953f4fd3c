import type { Instant } from "../units/instant.ts";
import { isWorse, worseOf } from "./gridLevels.ts";
import type { GridReport, GridLevel } from "./model.ts";

/** What is remembered between polls of the grid condition. Plain JSON. */
export interface GridConditionState {
  /** Level to act on; absent before the first one is confirmed. Never `unknown`. */
  readonly level?: Exclude<GridLevel, "unknown">;
  /** When the first of the two polls that confirmed `level` was observed. */
  readonly since?: Instant;
  /** Level of the newest poll, when it is not `level`: the next poll confirms or replaces it. */
  readonly candidate?: GridLevel;
  readonly candidateSince?: Instant;
  /** What the newest poll says, whether it counts or not, when it is not `level`. */
  readonly next?: GridLevel;
  /** What the poll before the newest says, where that is worse than the newest and than `level`. */
  readonly above?: GridLevel;
  readonly lastObservedAt?: Instant;
  readonly lastDocumentId?: string;
  /** When the newest document was read last. */
  readonly lastReadAt?: Instant;
  /** The newest state could not be read: an alarm stands, `level` is kept. */
  readonly alarm: boolean;
}

/** A level that took effect, or an alarm that was raised (`unreadable`) or lifted. */
export interface GridConditionChange {
  /** Level to act on; `unknown` when none has been confirmed yet. */
  readonly level: GridLevel;
  readonly unreadable?: true;
  readonly stateText: string;
  readonly prcMw?: number;
  readonly observedAt: Instant;
}

export interface GridConditionFold {
  readonly state: GridConditionState;
  readonly change?: GridConditionChange;
  /** The poll says worse than any before it: another is to confirm it, or to take it back. */
  readonly isToConfirm?: true;
}

/** Nothing seen yet. */
export const NO_GRID_CONDITION: GridConditionState = { alarm: false };

/**
 * Two-poll rule, Ballast's own: a level takes effect at the second of two consecutive polls that agree, levels skipped
 * or not (2023-09-06 went from normal straight to EEA2). It rises by any two polls, of one document read twice too, and
 * falls only by two documents that can be read, are `isFresh` and newer than what was known. A state that cannot be
 * read raises an alarm at once and keeps the level, unless twice it is at least a worse one. After an alarm one poll
 * that shows the level again lifts it. A document observed before the last one changes nothing.
 */
export function foldGridCondition(
  state: GridConditionState,
  observation: GridReport,
  isFresh = true,
): GridConditionFold {
  const { level, documentId, observedAt, stateText, prcMw, fetchedAt } = observation;
  const before = state.lastObservedAt;
  const alarm = observation.unreadable === true;
  const isRise = level !== "unknown" && (state.level === undefined ? !alarm : isWorse(level, state.level));
  const isReadAgain = documentId === state.lastDocumentId;
  const confirms =
    isRise && level === state.candidate && state.lastReadAt !== undefined && fetchedAt > state.lastReadAt;
  if (before !== undefined && (observedAt < before || (isReadAgain && !confirms))) return { state };
  const isNewer = before === undefined || observedAt > before;
  const counts = level !== "unknown" && level !== state.level && (isRise || (!alarm && isFresh && isNewer));
  const confirmed = counts && level === state.candidate ? level : undefined;
  const candidate = counts && confirmed === undefined ? level : undefined;
  const next: GridConditionState = {
    level: confirmed ?? state.level,
    since: confirmed === undefined ? state.since : (state.candidateSince ?? observedAt),
    candidate,
    ...(candidate === undefined ? {} : { candidateSince: observedAt }),
    ...(level === (confirmed ?? state.level) ? {} : { next: level }),
    ...aboveAfter(state, confirmed ?? state.level ?? "unknown", level, isFresh && isNewer),
    lastObservedAt: observedAt,
    lastDocumentId: documentId,
    lastReadAt: fetchedAt,
    // A readable level that is not confirmed yet does not lift a standing alarm.
    alarm: alarm || (state.alarm && level !== (confirmed ?? state.level)),
  };
  const isWorst =
    candidate !== undefined && isWorse(candidate, worseOf(state.level ?? "normal", state.candidate ?? "unknown"));
  const again = isWorst ? { isToConfirm: true as const } : {};
  if (confirmed === undefined && next.alarm === state.alarm) return { state: next, ...again };
  const shown = { level: next.level ?? ("unknown" as const), stateText, prcMw, observedAt };
  return { state: next, change: next.alarm ? { ...shown, unreadable: true } : shown, ...again };
}

/** The worse that was said once, until a second poll in a row says less. */
function aboveAfter(
  { next: said = "unknown", above: known = "unknown" }: GridConditionState,
  level: GridLevel,
  newest: GridLevel,
  isPoll: boolean,
): Pick<GridConditionState, "above"> {
  const above = isPoll ? said : worseOf(said, known);
  return isWorse(above, level) && isWorse(above, newest) && newest !== "unknown" ? { above } : {};
}
