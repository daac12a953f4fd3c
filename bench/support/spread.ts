/** Median, tail and worst of a sample; never a mean alone. */
export interface Spread {
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Nearest-rank percentiles: every figure is one that was measured. @throws RangeError for an empty sample or a value
 * that is no number.
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("spread: no samples");
  if (!values.every(Number.isFinite)) throw new RangeError("spread: a sample is not a number");
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { samples: sorted.length, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
}

/** As a cell: a fixed number of decimals. */
export function cell(value: number, decimals = 0): string {
  return value.toFixed(decimals);
}
