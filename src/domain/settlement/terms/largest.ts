import type { Rational } from "../../units/rational.ts";

/** The `shown` largest by magnitude, in the order of time, and how many are left. Ties go to the earlier one. */
export function largest<T>(
  rows: readonly T[],
  size: (row: T) => Rational,
  shown: number,
): { readonly top: readonly T[]; readonly more: number } {
  const magnitude = (row: T) => {
    const { num, den } = size(row);
    return { num: num < 0n ? -num : num, den };
  };
  const ranked = rows
    .map((row, i) => ({ row, i, m: magnitude(row) }))
    .sort((a, b) => {
      const difference = b.m.num * a.m.den - a.m.num * b.m.den;
      return difference === 0n ? a.i - b.i : difference > 0n ? 1 : -1;
    });
  const top = ranked
    .slice(0, shown)
    .sort((a, b) => a.i - b.i)
    .map(({ row }) => row);
  return { top, more: rows.length - top.length };
}

/**
 * How many intervals are left out, as one line: `and 17 more intervals, in the interval file`, nothing when all are
 * shown.
 */
export function andMore(more: number): string[] {
  return more === 0 ? [] : [`and ${more} more ${more === 1 ? "interval" : "intervals"}, in the interval file`];
}
