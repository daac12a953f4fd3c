import type { CohortTarget, OperatingPoint } from "./model.ts";

/**
 * What one machine is told, or has to show, to be at its cohort's target. Going back to normal restores the profile
 * that Ballast changed, `profileBefore`; a machine whose profile it did not change keeps its own.
 */
export function setpointOf({ point, restores }: CohortTarget, profileBefore: string | undefined): OperatingPoint {
  return point.kind === "off" || !restores ? point : { kind: "on", profile: profileBefore };
}
