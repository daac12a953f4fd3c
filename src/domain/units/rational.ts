import { formatTrimmed, parseDecimal } from "./decimal.ts";
import { UnitError } from "./instant.ts";

/** An exact fraction in lowest terms; `den` > 0. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Rational = { num: 0n, den: 1n };

/** The ratio num ÷ den in lowest terms. @throws UnitError when den is 0. */
export function rational(num: bigint, den = 1n): Rational {
  if (den === 0n) throw new UnitError("rational: division by zero");
  const sign = den < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(num < 0n ? -num : num, den * sign);
  return { num: (num * sign) / divisor, den: (den * sign) / divisor };
}

/** The exact value of plain decimal text, any number of places. @throws UnitError when the text is no plain decimal. */
export function rationalOfDecimal(text: string): Rational {
  const point = text.indexOf(".");
  const scale = point < 0 ? 0 : text.length - point - 1;
  return rational(parseDecimal(text, scale), 10n ** BigInt(scale));
}

/**
 * The exact value of the decimal text a number is written as: 0.1 is 1/10. For physical quantities out of JSON (W, kW,
 * seconds), never money.
 * @throws UnitError when it is not finite or so large or small that it is written with an exponent.
 */
export function rationalOfNumber(value: number): Rational {
  if (!Number.isFinite(value)) throw new UnitError(`number: expected a finite number, got ${value}`);
  return rationalOfDecimal(String(value));
}

/** a + b, exact. */
export function plus(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

/** a − b, exact. */
export function minus(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den - b.num * a.den, a.den * b.den);
}

/** −a. */
export function negative(a: Rational): Rational {
  return { num: -a.num, den: a.den };
}

/** a × b, exact. */
export function times(a: Rational, b: Rational): Rational {
  return rational(a.num * b.num, a.den * b.den);
}

/** a ÷ b. @throws UnitError when b is 0. */
export function over(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den, a.den * b.num);
}

/** Sign of a − b: negative, 0 or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** All of them added, exact; 0 for none. */
export function sum(values: Iterable<Rational>): Rational {
  let total = ZERO;
  for (const value of values) total = plus(total, value);
  return total;
}

/** `"7/3"`, or `"7"` when whole. */
export function rationalText(value: Rational): string {
  return value.den === 1n ? value.num.toString() : `${value.num}/${value.den}`;
}

/** Reads what `rationalText` writes. @throws UnitError for other text. */
export function parseRational(text: string): Rational {
  const match = /^(-?\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) throw new UnitError(`rational: expected text such as 7 or -7/3, got "${text}"`);
  return rational(BigInt(match[1] as string), match[2] === undefined ? 1n : BigInt(match[2]));
}

/**
 * Plain decimal text when the fraction ends within `maxPlaces`, with at least `minPlaces`; `undefined` when it does not
 * end there.
 */
export function exactDecimal(value: Rational, minPlaces: number, maxPlaces: number): string | undefined {
  const scaled = value.num * 10n ** BigInt(maxPlaces);
  return scaled % value.den === 0n ? formatTrimmed(scaled / value.den, maxPlaces, minPlaces) : undefined;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
