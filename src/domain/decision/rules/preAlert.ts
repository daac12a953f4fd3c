import { gridCondition } from "../../inputs/gridCondition.ts";
import { fixed, unrounded } from "../../units/numberText.ts";
import { noRestart } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/**
 * The site's own `onPrcPreAlert` policy while ERCOT's physical responsive capability is below the figure at which a
 * Watch is due, or below the site's own and falling: `no-restart` keeps the cohorts from moving up. It is the site's
 * own choice, never a grid rule, and excuses nobody: a level needs ERCOT's declaration. It demands nothing while the
 * grid feed is silent, for then nobody knows the figure.
 */
export const preAlert = {
  reason: "pre-alert",
  settlement: "ECONOMIC",
  bands: ({ plan, input: { asOf, facts }, frames }) => {
    const { grid, silentFeeds } = facts;
    if (grid.preAlert === undefined || plan.onPrcPreAlert === "none") return [];
    if (silentFeeds.includes(gridCondition.kind)) return [];
    const { prcMw, belowMw, fallingMwPerMinute: fell } = grid.preAlert;
    const [prc, figure] = [prcMw, belowMw].map((mw) => unrounded(mw, 0));
    const low =
      fell === undefined
        ? `is below the ${figure} MW of a Watch`
        : `was below the site's own ${figure} MW and fell by ${fixed(fell, 0)} MW a minute`;
    const why = `ERCOT's PRC of ${prc} MW ${low}, the site's policy allows no restart`;
    return frames.map((frame) => ({ ...noRestart(frame), from: asOf, why }));
  },
  waitsFor: () => "It waits until the PRC is above that again, or it is ordered to run.",
} as const satisfies Rule;
