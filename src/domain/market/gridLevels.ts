import type { GridLevel } from "./model.ts";

const LADDER: readonly GridLevel[] = ["normal", "conservation", "watch", "eea1", "eea2", "eea3"];

/** Whether grid level `a` is worse than `b` on ERCOT's ladder; a level that is not known is worse than none. */
export function isWorse(a: GridLevel, b: GridLevel): boolean {
  return LADDER.indexOf(a) > LADDER.indexOf(b);
}

/** Whether ERCOT has declared an energy emergency: EEA 1 or above. */
export function isEmergency(level: GridLevel): boolean {
  return isWorse(level, "watch");
}

/** The worse of two grid levels. */
export function worseOf(a: GridLevel, b: GridLevel): GridLevel {
  return isWorse(a, b) ? a : b;
}

/** The milder of two grid levels; a level that is not known is the mildest. */
export function milderOf(a: GridLevel, b: GridLevel): GridLevel {
  return isWorse(a, b) ? b : a;
}

/** The worst of some grid levels; `unknown` of none. */
export function worstOf(levels: readonly GridLevel[]): GridLevel {
  return levels.reduce(worseOf, "unknown");
}
