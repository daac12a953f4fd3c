import { formatDecimal } from "./decimal.ts";
import { exactDecimal, over, rational, rationalText } from "./rational.ts";
import type { Rational } from "./rational.ts";

/** `-1,234.5` from `-1234.5`: commas for people; files carry the plain decimal. */
export function grouped(decimal: string): string {
  const match = /^(-?)(\d+)(\..*)?$/.exec(decimal);
  if (match === null) return decimal;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/**
 * Exact US dollars of an exact 10⁻⁸ amount, at least two places; a fraction that never ends is cut after eight and
 * marked `…`.
 */
export function usdText(e8: Rational): string {
  const usd = over(e8, rational(100_000_000n));
  const decimal = exactDecimal(usd, 2, 24);
  return decimal === undefined ? `${grouped(formatDecimal(e8.num / e8.den, 8))}…` : grouped(decimal);
}

/** Exact US dollars of an exact 10⁻⁸ amount for a file: plain decimal, or the fraction `n/d` where it has no end. */
export function exactUsdText(e8: Rational): string {
  const usd = over(e8, rational(100_000_000n));
  return exactDecimal(usd, 2, 24) ?? rationalText(usd);
}

/** MWh from Wh: `10.025`, at least three places. */
export function mwhText(wh: bigint): string {
  return exactDecimal(rational(wh, 1_000_000n), 3, 6) as string;
}

/** $/MWh as charged ÷ energy, at most 8 places; undefined when it does not end there or there is no energy. */
export function unitPriceText(e8: Rational, wh: bigint): string | undefined {
  return wh === 0n ? undefined : exactDecimal(over(e8, rational(wh * 100n)), 2, 8);
}

/** A whole number of things in words: `1 interval`, `96 intervals`. */
export function count(n: number, noun: string): string {
  return `${grouped(String(n))} ${noun}${n === 1 ? "" : "s"}`;
}
