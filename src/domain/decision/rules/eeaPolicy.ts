import type { GridState } from "../../inputs/gridKnown.ts";
import { isEmergency } from "../../market/gridLevels.ts";
import { isWithoutGrid } from "../silence.ts";
import { noRestart, off } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/**
 * The site's own `onEea` policy on a grid level seen on public feeds (an instruction comes through the QSE and ranks
 * above it). `curtail` takes the cohorts off, `no-restart` only keeps them from moving up. Levels may jump (0 to 2 on
 * 2023-09-06) and each acts on its own. Normal demands nothing, nor does a level that was never known. EEA 1 and above
 * outlive a feed that is silent or cannot be read, until the source says lower or a person releases the level; the
 * policy to carry on without a silent feed drops the levels below.
 */
export const eeaPolicy = {
  reason: "eea-policy",
  settlement: "GRID_RULE",
  slaExclusion: "GRID_RULE",
  bands: ({ plan, input: { asOf, facts }, frames, silent }) => {
    const { grid } = facts;
    if (grid.level === "normal" || grid.level === "unknown" || grid.released !== undefined) return [];
    if (isWithoutGrid(silent) && !isEmergency(grid.level)) return [];
    const action = plan.onEea[grid.level];
    if (action === "none") return [];
    const level = `grid level ${grid.level.toUpperCase()}${sourcesText(grid)}`;
    return frames.map((frame) =>
      action === "curtail"
        ? { ...off(frame), from: asOf, why: `${level}, the site's policy curtails` }
        : { ...noRestart(frame), from: asOf, why: `${level}, the site's policy allows no restart` },
    );
  },
  waitsFor: () => "It waits until ERCOT ends that level.",
} as const satisfies Rule;

/** Which of several sources said the level, a notice among them; nothing where there is one. */
function sourcesText({ evidence = [], saidBy = [] }: GridState): string {
  return (evidence.length < 2 && saidBy.length < 2) || saidBy.length === 0 ? "" : ` by ${saidBy.join(" and ")}`;
}
