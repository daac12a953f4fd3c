import { stripVTControlCharacters } from "node:util";

/**
 * Text as lines of at most `width` columns, broken at spaces; lines after the first begin with `indent` spaces. A word
 * longer than a line stands whole, for it is copied. Color codes take no room.
 */
export function wrapText(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line === undefined) line = word;
    else if (line.trim() === "" || columnsOf(line) + 1 + columnsOf(word) <= width) line = `${line} ${word}`;
    else {
      lines.push(line.trimEnd());
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line ?? ""].join("\n");
}

function columnsOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
