/** Begins a line of its own in a help: an option, a command, a shape of JSON. */
const OWN_LINE = /^ *(?:--|ballast |[{"[])/;
/** Columns side by side are no prose. */
const TABLE = /\S {2,}\S/;
const PROSE_INDENT = 2;

/**
 * A help's text with each paragraph in one line, for whoever fits it to a width: a line of prose that is indented by
 * two goes on with the line before it, where that is prose too.
 */
export function helpParagraphs(text: string): string {
  const lines: string[] = [];
  let before: string | undefined;
  for (const line of text.split("\n")) {
    if (before !== undefined && goesOn(before, line)) lines.push(`${lines.pop()} ${line.trim()}`);
    else lines.push(line);
    before = line;
  }
  return lines.join("\n");
}

function goesOn(before: string, line: string): boolean {
  const [outer, inner] = [indentOf(before), indentOf(line)];
  const isProse = (text: string): boolean => text.trim() !== "" && !TABLE.test(text);
  if (!isProse(before) || !isProse(line) || OWN_LINE.test(line) || /^ *ballast /.test(before)) return false;
  return inner === PROSE_INDENT && (outer === PROSE_INDENT || (outer === 0 && !before.endsWith(":")));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
