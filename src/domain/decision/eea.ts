import type { Claim } from "./claim.ts";
import type { DecisionInput, EeaPolicy } from "./model.ts";

/**
 * The site's own `onEea` policy on a grid level seen on public feeds (an instruction comes through the QSE and ranks
 * above it). `curtail` takes the cohort off, `no-restart` only keeps it from moving up. Levels may jump (0 to 2 on
 * 2023-09-06) and each acts on its own. Normal claims nothing; `unknown` is left to the silence rule.
 */
export function eeaClaim(policy: EeaPolicy, grid: DecisionInput["grid"], currentIndex: number): Claim | undefined {
  if (grid.level === "normal" || grid.level === "unknown") return undefined;
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
