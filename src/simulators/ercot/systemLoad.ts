/** Shares of the eight weather zones, by the names of NP6-345. */
export const ZONE_SHARES = [
  ["COAST", 0.27],
  ["EAST", 0.035],
  ["FAR_WEST", 0.1],
  ["NORTH", 0.025],
  ["NORTH_C", 0.3],
  ["SOUTHERN", 0.08],
  ["SOUTH_C", 0.16],
  ["WEST", 0.03],
] as const;

/** Load of the whole system at a moment, MW: a summer day's curve, made up. `bias` is the error of a forecast. */
export function systemLoadMw(hourOfDay: number, bias = 0): number {
  const wave = Math.sin(((hourOfDay - 10.5) / 24) * 2 * Math.PI);
  return 62_000 + 15_000 * wave + bias;
}

/** Cells of the zones in the order of the shares, and the system's. */
export function loadCells(systemMw: number): { readonly zones: readonly string[]; readonly total: string } {
  return { zones: ZONE_SHARES.map(([, share]) => (systemMw * share).toFixed(4)), total: systemMw.toFixed(4) };
}
