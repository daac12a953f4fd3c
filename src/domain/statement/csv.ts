/**
 * A decimal as a spreadsheet number; blank when there is none, since missing is not 0. @throws Error when it is no
 * plain decimal: a defect.
 */
export function numberCell(decimal: string | undefined): string {
  if (decimal === undefined) return "";
  if (!/^-?\d+(\.\d+)?$/.test(decimal)) throw new Error(`csv: "${decimal}" is no plain decimal`);
  return decimal;
}

/**
 * What a spreadsheet may take for a formula: `=`, `+`, `-` or `@` in either width, also after what is left out before
 * it (spaces, line breaks, marks without a width); a tab or a return.
 */
const FORMULA = /^(?:[\s\u200B-\u200F\u2060]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r])/;

/** Text for a spreadsheet. What would start a formula is disarmed by an apostrophe. */
export function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of cells joined as RFC 4180 writes them, with line feeds and one at the end. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.join(",")}\n`).join("");
}
