import type { Instant } from "../units/instant.ts";
import type { GridConditionObservation, GridLevel } from "./model.ts";

/** What is remembered between polls of the grid condition. Plain JSON. */
export interface GridConditionState {
  /** Level to act on; absent before the first one is confirmed. Never `unknown`. */
  readonly level?: Exclude<GridLevel, "unknown">;
  /** When the poll that confirmed `level` was observed. */
  readonly since?: Instant;
  /** Level of the newest poll, when it is not `level`: the next poll confirms or replaces it. */
  readonly candidate?: GridLevel;
  readonly lastObservedAt?: Instant;
  /** The newest state could not be read: an alarm stands, `level` is kept. */
  readonly alarm: boolean;
}

/** A level that took effect, or an alarm that was raised (`unknown`) or lifted. */
export interface GridConditionChange {
  readonly level: GridLevel;
  /** Level before, absent at the first. */
  readonly from?: GridLevel;
  readonly stateText: string;
  readonly prcMw?: number;
  readonly observedAt: Instant;
}

export interface GridConditionFold {
  readonly state: GridConditionState;
  readonly change?: GridConditionChange;
}

/** Nothing seen yet. */
export const NO_GRID_CONDITION: GridConditionState = { alarm: false };

/**
 * Two-poll rule, Ballast's own: a level takes effect at the second of two consecutive polls that agree, in either
 * direction, levels skipped or not (2023-09-06 went from normal straight to EEA2). An unknown state is reported as
 * `unknown` at once, keeps the level acted on and interrupts a confirmation. After an unknown the level that was kept
 * is reported again as soon as one poll shows it. A poll not newer than the last one changes nothing.
 */
export function foldGridCondition(state: GridConditionState, observation: GridConditionObservation): GridConditionFold {
  const { level, observedAt, stateText, prcMw } = observation;
  if (state.lastObservedAt !== undefined && observedAt <= state.lastObservedAt) return { state };
  const shown: GridLevel | undefined = state.alarm ? "unknown" : state.level;
  const change: GridConditionChange = { level, from: shown, stateText, prcMw, observedAt };
  const kept = { level: state.level, since: state.since, lastObservedAt: observedAt };

  if (level === "unknown") {
    const next = { ...kept, alarm: true };
    return state.alarm ? { state: next } : { state: next, change };
  }
  if (level === state.level) {
    const next = { ...kept, alarm: false };
    return state.alarm ? { state: next, change } : { state: next };
  }
  if (level !== state.candidate) return { state: { ...kept, candidate: level, alarm: state.alarm } };
  return { state: { level, since: observedAt, lastObservedAt: observedAt, alarm: false }, change };
}
