/** Number with a fixed count of decimals for a sentence, e.g. `131.20`; never `-0.00`. @throws RangeError outside 0..100 decimals. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}
