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
 * Text for a spreadsheet. A first character that would start a formula (= + - @, tab, return) is disarmed by an
 * apostrophe.
 */
export function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of cells joined as RFC 4180 writes them, with line feeds and one at the end. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.join(",")}\n`).join("");
}
