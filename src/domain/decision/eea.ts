import { isEmergency } from "../market/gridLevels.ts";
import type { Claim } from "./claim.ts";
import type { DecisionInput, EeaPolicy } from "./model.ts";

/**
 * The site's own `onEea` policy on a grid level seen on public feeds (an instruction comes through the QSE and ranks
 * above it). `curtail` takes the cohort off, `no-restart` only keeps it from moving up. Levels may jump (0 to 2 on
 * 2023-09-06) and each acts on its own. Normal claims nothing, nor does a level that was never known. EEA 1 and above
 * outlive a feed that is silent or cannot be read, until the source says lower or a person releases the level;
 * `withoutFeed`, the policy to carry on without a silent feed, drops the levels below.
 */
export function eeaClaim(
  policy: EeaPolicy,
  grid: DecisionInput["grid"],
  currentIndex: number,
  withoutFeed: boolean,
): Claim | undefined {
  if (grid.level === "normal" || grid.level === "unknown" || grid.released !== undefined) return undefined;
  if (withoutFeed && !isEmergency(grid.level)) return undefined;
  const action = policy[grid.level];
  if (action === "none") return undefined;
  const level = grid.level.toUpperCase();
  if (action === "curtail")
    return { reason: "eea-policy", bound: "exactly", index: 0, why: `grid level ${level}, the site's policy curtails` };
  return {
    reason: "eea-policy",
    bound: "at-most",
    index: currentIndex,
    why: `grid level ${level}, the site's policy allows no restart`,
  };
}
