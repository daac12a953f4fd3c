import type { Setpoint } from "../domain/units/setpoint.ts";
import type { CohortConfig } from "./schema/config.ts";

type ModeConfig = CohortConfig["modes"][number];

/** Keys of a mode that say its set-point, in the order of the schema. */
export const SETPOINT_KEYS = ["profile", "watts", "percent"] as const;

/** The keys of these that a mode has. */
export function setpointKeys(mode: ModeConfig): (typeof SETPOINT_KEYS)[number][] {
  return SETPOINT_KEYS.filter((key) => mode[key] !== undefined);
}

/** What a machine is told to hold in a mode: its one set-point key, or off where it has none. */
export function modeSetpoint({ profile, watts, percent }: ModeConfig): Setpoint {
  if (profile !== undefined) return { kind: "profile", profile };
  if (watts !== undefined) return { kind: "watts", watts };
  return percent === undefined ? { kind: "off" } : { kind: "percent", percent };
}
