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
