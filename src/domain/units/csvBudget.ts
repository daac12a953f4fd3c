// Far above ERCOT's largest report and far below what costs a worker its memory: lines, and UTF-16 units of one line.
const LINES_MAX = 300_000;
const LINE_LENGTH_MAX = 16_384;
const COLUMNS_MAX = 256;

/**
 * Why a foreign CSV text must not be parsed: too many lines, too long a line or too many columns, counted on the bare
 * text; undefined when it keeps its budget. A line of quoted text with line ends in it counts as several.
 */
export function csvOverBudget(text: string): string | undefined {
  let lines = 0;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    lines += 1;
    if (lines > LINES_MAX) return `more than ${LINES_MAX} lines`;
    if (to - from > LINE_LENGTH_MAX) return `line ${lines} is longer than ${LINE_LENGTH_MAX} characters`;
    if (to - from >= COLUMNS_MAX && columns(text, from, to) > COLUMNS_MAX)
      return `line ${lines} has more than ${COLUMNS_MAX} columns`;
    from = to + 1;
  }
  return undefined;
}

function columns(text: string, from: number, to: number): number {
  let count = 1;
  for (let at = text.indexOf(",", from); at >= 0 && at < to; at = text.indexOf(",", at + 1)) count += 1;
  return count;
}
