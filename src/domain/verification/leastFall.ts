import type { SitePlan } from "../decision/planModel.ts";

/** A feeder carries more machines than die at once by chance. */
const MACHINES_MIN = 3;
/** Of the site's nameplate: a large site's own noise is not a fall. */
const SHARE_MIN = 0.02;

/**
 * The least fall of a site's load that is looked into, kW at the site meter: three of its largest machines, or 2 % of
 * what all of them draw, whichever is more.
 */
export function leastFallKw({ cohorts, pue }: Pick<SitePlan, "cohorts" | "pue">): number {
  const each = cohorts.flatMap(({ machines, modes }) => modes.slice(-1).map(({ powerW }) => ({ machines, powerW })));
  const largestW = each.reduce((most, { powerW }) => (powerW > most ? powerW : most), 0);
  const allW = each.reduce((sum, { machines, powerW }) => sum + machines * powerW, 0);
  const [byMachines, byShare] = [largestW * MACHINES_MIN, allW * SHARE_MIN];
  return ((byMachines > byShare ? byMachines : byShare) * pue) / 1000;
}
