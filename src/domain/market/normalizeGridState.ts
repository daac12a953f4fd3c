import type { GridLevel } from "./model.ts";

const LEVEL_OF_STATE: ReadonlyMap<string, GridLevel> = new Map([
  ["normal", "normal"],
  ["conservation", "conservation"],
  ["watch", "watch"],
  ["eea1", "eea1"],
  ["eea2", "eea2"],
  ["eea3", "eea3"],
]);
const EEA_OF_LEVEL: Readonly<Record<GridLevel, number | undefined>> = {
  normal: 0,
  conservation: 0,
  watch: 0,
  eea1: 1,
  eea2: 2,
  eea3: 3,
  unknown: undefined,
};

/**
 * Grid level of the dashboard's `current_condition.state` and `eea_level`. A state that is not known, or one that
 * contradicts the EEA number beside it, is `unknown`: an alarm, never normal. ERCOT's list of states is not published
 * as closed.
 */
export function normalizeGridState(stateText: string, eeaLevel: number | undefined): GridLevel {
  const level = LEVEL_OF_STATE.get(stateText.trim().toLowerCase());
  if (level === undefined) return "unknown";
  return eeaLevel === undefined || EEA_OF_LEVEL[level] === eeaLevel ? level : "unknown";
}
