import type { MachineReading } from "./model.ts";

/**
 * Whether a machine draws power that a shed can take, from its last read-back and whether that was at the target
 * before: it runs, or ramps up. One that sleeps, does not answer, or woke into nothing (still ramping when its target
 * was read back as missed) has nothing to shed, and was not able to run either.
 */
export function canShed({
  state,
  atTarget,
}: {
  readonly state: MachineReading["state"];
  readonly atTarget?: boolean;
}): boolean {
  return state === "running" || (state === "ramping" && atTarget !== false);
}

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
