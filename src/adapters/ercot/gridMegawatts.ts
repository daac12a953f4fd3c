/** Far above any load or capacity that ERCOT has had or expects, MW. */
const GRID_MAX_MW = 999_999;

/** Megawatts of the grid as a dashboard shows them; undefined for what is no number of 0 to 999,999. Pure. */
export function gridMegawatts(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= GRID_MAX_MW ? value : undefined;
}
