import type { RegisterMap } from "./registerMap.ts";
import { schneiderPm5340 } from "./schneiderPm5340.ts";

/** Meter models by the name that a configuration uses. */
export const registerMaps = {
  [schneiderPm5340.model]: schneiderPm5340,
} as const satisfies Record<string, RegisterMap>;

export type MeterModel = keyof typeof registerMaps;
