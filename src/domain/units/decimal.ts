import { UnitError } from "./instant.ts";

/** Exact decimal as text, e.g. `"0.072"` or `"-12.40"`. Never a binary float. */
export type DecimalText = string;

/**
 * Whole number of 10⁻ˢᶜᵃˡᵉ units in exact decimal text: `"28.505"` at scale 3 is 28505n. Never goes through a binary
 * float.
 * @throws UnitError when the text is no plain decimal (exponents included) or carries more digits than the scale holds.
 */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new UnitError(`decimal: expected plain decimal text such as 28.50 or -12.4, got "${text}"`);
  const [, sign, whole = "", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > scale) {
    throw new UnitError(
      `decimal: "${text}" has ${significant.length} decimal places, expected at most ${scale}; round it where it ` +
        `comes from`,
    );
  }
  const units = BigInt(whole + significant.padEnd(scale, "0"));
  return sign === "-" ? -units : units;
}

/** Whether two plain decimal texts are one number: `5` and `5.00`, `63.4` and `63.40`. @throws UnitError as above. */
export function sameDecimal(a: string, b: string): boolean {
  const scale = Math.max(decimalPlaces(a), decimalPlaces(b));
  return parseDecimal(a, scale) === parseDecimal(b, scale);
}

/** Whether two published values say the same: plain decimals as numbers, anything else letter by letter. */
export function sameValueText(a: string, b: string): boolean {
  return a === b || (PLAIN.test(a) && PLAIN.test(b) && sameDecimal(a, b));
}

const PLAIN = /^-?\d+(?:\.\d+)?$/;

/** Digits behind the point, trailing zeros not counted: 2 for `25.120`, 0 for `5.00`. */
export function decimalPlaces(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.slice(point + 1).replace(/0+$/, "").length;
}

/** Plain decimal text of `units` · 10⁻ˢᶜᵃˡᵉ with exactly `scale` places: -12345n at scale 2 is `"-123.45"`. */
export function formatDecimal(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const split = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`;
  return units < 0n ? `-${text}` : text;
}

/** As `formatDecimal`, without trailing zeros after `minPlaces` decimal places: 7200n at scale 5 and 0 is `"0.072"`. */
export function formatTrimmed(units: bigint, scale: number, minPlaces: number): string {
  let places = scale;
  let rest = units;
  while (places > minPlaces && rest % 10n === 0n) {
    rest /= 10n;
    places -= 1;
  }
  return formatDecimal(rest, places);
}
