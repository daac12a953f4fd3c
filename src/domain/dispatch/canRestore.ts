import type { MachineReading } from "./model.ts";

/**
 * Whether a machine can bring load back, from its last read-back and whether that was at the target before: it answers,
 * and did not stay running when its cohort went down.
 */
export function canRestore({
  state,
  atTarget,
}: {
  readonly state: MachineReading["state"];
  readonly atTarget?: boolean;
}): boolean {
  return state !== "unknown" && !(state === "running" && atTarget === false);
}
