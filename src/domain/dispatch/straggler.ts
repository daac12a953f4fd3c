import { isSameSetpoint } from "../units/setpoint.ts";
import type { ShareTarget, MachineReading } from "./model.ts";

/**
 * Whether a machine's own read-back shows it at the target. Off means asleep and not hashing; on means running or
 * ramping at the target's set-point, where the target has one; a machine that ramps and by its own word does not hash
 * at all may have woken into nothing, so it is not there yet. An unknown state, or a set-point that was not read, is
 * never at target.
 */
export function isAtTarget(reading: MachineReading, target: ShareTarget): boolean {
  const { point } = target;
  if (point.kind === "off") {
    // Some firmwares report sleep mode while the boards still hash.
    const hashing = reading.hashrateThs !== undefined && reading.hashrateThs > 0;
    return reading.state === "asleep" && !hashing;
  }
  const awake = reading.state === "running" || (reading.state === "ramping" && reading.hashrateThs !== 0);
  if (point.kind === "on") return awake;
  return awake && reading.setpoint !== undefined && isSameSetpoint(reading.setpoint, point);
}
