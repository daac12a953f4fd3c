import type { Setpoint } from "../units/setpoint.ts";
import type { ShareTarget, OperatingPoint } from "./model.ts";

/**
 * What one machine is told, or has to show, to be at its target. Going back to normal restores the set-point
 * that Ballast changed, `before`, whatever its form; a machine whose set-point it did not change keeps its own.
 */
export function setpointOf({ point, restores }: ShareTarget, before: Setpoint | undefined): OperatingPoint {
  if (point.kind === "off" || !restores) return point;
  return before ?? { kind: "on" };
}
