/** Far above any load or capacity that ERCOT has had or expects, MW. */
const GRID_MAX_MW = 999_999;

/** Megawatts of the grid as a dashboard shows them; undefined for what is no number from `leastMw` to 999,999. Pure. */
export function gridMegawatts(value: unknown, leastMw = 0): number | undefined {
  return typeof value === "number" && value >= leastMw && value <= GRID_MAX_MW ? value : undefined;
}
