import type { Claim } from "./claim.ts";
import type { DecisionInput, PreAlertAction } from "./model.ts";
import { unrounded } from "../units/numberText.ts";

/**
 * The site's own `onPrcPreAlert` policy while ERCOT's physical responsive capability is below the figure at which a
 * Watch is due: `no-restart` keeps the cohort from moving up. It is the site's own choice, never a grid rule: a level
 * needs ERCOT's declaration. It claims nothing while the grid feed is silent, for then nobody knows the figure.
 */
export function preAlertClaim(
  action: PreAlertAction,
  { grid, silentFeeds }: DecisionInput,
  currentIndex: number,
): Claim | undefined {
  const { preAlert } = grid;
  if (preAlert === undefined || action === "none" || silentFeeds.includes("grid-condition")) return undefined;
  const { prcMw, belowMw } = preAlert;
  return {
    reason: "pre-alert",
    bound: "at-most",
    index: currentIndex,
    why:
      `ERCOT's PRC of ${unrounded(prcMw, 0)} MW is below the ${unrounded(belowMw, 0)} MW of a Watch, the site's ` +
      `policy allows no restart`,
  };
}
