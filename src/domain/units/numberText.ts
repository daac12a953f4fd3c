/**
 * Number with a fixed count of decimals for a sentence, e.g. `131.20`; never `-0.00`. @throws RangeError outside 0..100
 * decimals.
 */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return value < 0 && /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

/**
 * A configured number with all its decimals, at least `decimals` of them: `0.90`, `1.125`. @throws RangeError outside
 * 0..100 decimals.
 */
export function unrounded(value: number, decimals: number): string {
  for (let more = decimals; more < MOST_DECIMALS; more++) {
    const text = fixed(value, more);
    if (Number(text) === value) return text;
  }
  return fixed(value, MOST_DECIMALS);
}

/** The fewest decimals, at least `decimals`, at which two different numbers also read as different. */
export function decimalsToTell(a: number, b: number, decimals: number): number {
  let more = decimals;
  while (a !== b && more < MOST_DECIMALS && fixed(a, more) === fixed(b, more)) more++;
  return more;
}

/** A power for a person, everywhere the same: kW with one decimal, thousands apart, `12,400.0 kW`. */
export function kwText(kw: number): string {
  return `${grouped(fixed(kw, 1))} kW`;
}

/** A change of power with its sign: `−55.4 kW` sheds, `+12.0 kW` comes on. */
export function kwChangeText(deltaKw: number): string {
  return deltaKw <= -0.05 ? `−${kwText(-deltaKw)}` : `+${kwText(deltaKw)}`;
}

/** A number's text with its thousands apart: `13115` is `13,115`. Decimals stand as they are. */
export function grouped(text: string): string {
  const point = text.indexOf(".");
  // most powers have no thousands to part
  if ((point === -1 ? text.length : point) <= 3) return text;
  const [whole = "", ...decimals] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
}

const MOST_DECIMALS = 20;
