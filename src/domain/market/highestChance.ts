/** A load that may turn out to be the highest: what is expected, and the standard error of that; 0 for a known one. */
export interface LoadChance {
  readonly expectedMw: number;
  readonly errorMw: number;
}

/** The standard normal distribution at 0, 0.25, ... 4: a table, so that every machine computes the same bits. */
const NORMAL = [
  0.5, 0.59871, 0.69146, 0.77337, 0.84134, 0.89435, 0.93319, 0.95994, 0.97725, 0.98778, 0.99379, 0.99702, 0.99865,
  0.99942, 0.99977, 0.99991, 1,
];
const STEP = 0.25;
const TAIL = (NORMAL.length - 1) * STEP;
/** Cells of the distribution: the middle of each, in standard errors, and its share. */
const CELLS = Array.from({ length: 2 * (NORMAL.length - 1) }, (_, i) => {
  const from = i * STEP - TAIL;
  return { middle: from + STEP / 2, share: below(from + STEP) - below(from) };
});

/**
 * Chance of one of several loads (its index) to be among the `peaks` highest, as a share of 1, errors independent of
 * each other; of two known loads that are equal the earlier in the list is the higher. Only + − × ÷ and comparisons.
 * Ballast's own rule.
 */
export function chanceToBeHighest(loads: readonly LoadChance[], own: number, peaks = 1): number {
  const load = loads[own];
  if (load === undefined) return 0;
  if (load.errorMw === 0) return chanceAt(loads, own, load.expectedMw, peaks);
  let chance = 0;
  for (const { middle, share } of CELLS)
    chance += share * chanceAt(loads, own, load.expectedMw + middle * load.errorMw, peaks);
  return chance;
}

/** Chance that fewer than `peaks` of the others are above a load that turns out at `mw`. */
function chanceAt(loads: readonly LoadChance[], own: number, mw: number, peaks: number): number {
  // share of the cases with 0, 1, ... of the others above
  const above = [1];
  for (let i = 0; i < loads.length; i++) {
    if (i === own) continue;
    const isHigher = chanceAbove(loads[i] as LoadChance, mw, i < own);
    if (isHigher === 0) continue;
    for (let count = Math.min(above.length, peaks - 1); count > 0; count--) {
      const [stay = 0, rise = 0] = [above[count], above[count - 1]];
      above[count] = stay * (1 - isHigher) + rise * isHigher;
    }
    above[0] = (above[0] as number) * (1 - isHigher);
    if (peaks === 1 && above[0] === 0) return 0;
  }
  return above.reduce((sum, share) => sum + share, 0);
}

function chanceAbove({ expectedMw, errorMw }: LoadChance, mw: number, isEarlier: boolean): number {
  if (errorMw > 0) return 1 - below((mw - expectedMw) / errorMw);
  return expectedMw > mw || (isEarlier && expectedMw === mw) ? 1 : 0;
}

/** Share of a standard normal distribution below so many standard errors, straight between the table's rows. */
function below(errors: number): number {
  if (errors < 0) return 1 - below(-errors);
  if (errors >= TAIL) return 1;
  const row = Math.floor(errors / STEP);
  const [from, to] = [NORMAL[row] as number, NORMAL[row + 1] as number];
  return from + (to - from) * (errors / STEP - row);
}
