import { UnitError } from "./instant.ts";
import { ZERO, compare, minus, over, rational, sum, times } from "./rational.ts";
import type { Rational } from "./rational.ts";

export interface Weight {
  readonly id: string;
  /** ≥ 0 */
  readonly weight: bigint | Rational;
}

export interface Share {
  readonly id: string;
  readonly amount: bigint;
}

/**
 * Splits a whole `total` (may be negative) over exact weights by largest remainder. Works on |total|: each id has the
 * floor of its exact share, the units left over go one each to the largest fractional parts, ties by ascending id in
 * code-point order; the sign is put back. The shares sum to `total`, each is within 1 unit of exact, none depends on
 * the order of `weights`, weight 0 gets 0, and the answer for −total is the negated answer. Result in the order of
 * `weights`.
 * @throws UnitError when the weights sum to 0, one is negative, or an id appears twice.
 */
export function allocate(total: bigint, weights: readonly Weight[]): Share[] {
  const exactWeights = weights.map(({ id, weight }) => ({
    id,
    weight: typeof weight === "bigint" ? rational(weight) : weight,
  }));
  refuseBadWeights(exactWeights);
  const weightSum = sum(exactWeights.map((w) => w.weight));
  if (weightSum.num === 0n)
    throw new UnitError(`allocate: the weights of ${list(weights)} sum to 0; there is nobody to give ${total} to`);

  const magnitude = total < 0n ? -total : total;
  const shares = exactWeights.map(({ id, weight }) => {
    const exact = over(times(rational(magnitude), weight), weightSum);
    const floor = exact.num / exact.den;
    return { id, amount: floor, fraction: minus(exact, rational(floor)) };
  });
  let leftOver = magnitude;
  for (const share of shares) leftOver -= share.amount;
  const byFraction = [...shares].sort((a, b) => compare(b.fraction, a.fraction) || byCodePoint(a.id, b.id));
  for (const share of byFraction.slice(0, Number(leftOver))) share.amount += 1n;
  return shares.map(({ id, amount }) => ({ id, amount: total < 0n ? -amount : amount }));
}

/** Sign of an ascending comparison by Unicode code point (UTF-16 order differs above U+FFFF). */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i] as string).codePointAt(0)! - (right[i] as string).codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function refuseBadWeights(weights: readonly { readonly id: string; readonly weight: Rational }[]): void {
  const seen = new Set<string>();
  for (const { id, weight } of weights) {
    if (compare(weight, ZERO) < 0)
      throw new UnitError(`allocate: the weight of "${id}" is negative; expected 0 or more`);
    if (seen.has(id)) throw new UnitError(`allocate: "${id}" appears twice; add its weights up first`);
    seen.add(id);
  }
}

function list(weights: readonly Weight[]): string {
  return weights.length === 0 ? "an empty list" : weights.map((w) => w.id).join(", ");
}
