import { isEmergency } from "../market/gridLevels.ts";
import type { SiteState } from "./siteStateModel.ts";

/** What a person names to release the grid level that a silent feed has left standing. No order may have this id. */
export const GRID_LEVEL_ID = "grid-level";

/**
 * Why the grid level cannot be released, for whoever asked; undefined when it can: EEA 1 or above, its source silent or
 * not to be read. A source that speaks is believed, so its level is not released.
 */
export function gridReleaseProblem({ grid, silentFeeds }: SiteState): string | undefined {
  const { level, unreadable, released } = grid;
  if (!isEmergency(level)) return `the grid level is ${level}; only a level of EEA 1 or above is released`;
  if (released !== undefined) return `the grid level is released already, by ${released.actor}`;
  return unreadable === true || silentFeeds.includes("grid-condition")
    ? undefined
    : `the grid condition is read and says ${level}; place an order to run against it`;
}
