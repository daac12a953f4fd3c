import type { Rational } from "./rational.ts";

/**
 * How a statement line is rounded, by contract. Half-up rounds a half away from zero, so that a credit mirrors its
 * charge.
 */
export type RoundingMode = "half-even" | "half-up";

/**
 * Nearest whole number; a half goes to the even neighbor or away from zero. Used once a line, never on a sum of
 * rounded values.
 */
export function roundRational(value: Rational, mode: RoundingMode): bigint {
  const magnitude = value.num < 0n ? -value.num : value.num;
  const floor = magnitude / value.den;
  const twice = 2n * (magnitude % value.den);
  const up = twice > value.den || (twice === value.den && (mode === "half-up" || floor % 2n === 1n));
  const rounded = up ? floor + 1n : floor;
  return value.num < 0n ? -rounded : rounded;
}
