import { stripVTControlCharacters } from "node:util";

/** What stands with the number before it: `129.76 $/MWh`, `15 s`, `98.6 %`. */
const UNIT = /^[(]?(?:\$|%|[kMGTP]?W(?:h|\b)|[TPE]H\b|USD\b|ms\b|s\b|min\b|h\b|d\b)/;
const NUMBER_END = /[0-9⁰¹²³⁴-⁹]$/;
const COMMAND = /^(?:bin\/)?ballast$/;
/** A line that is a command alone, for it is copied; one with an explanation beside it is a table's. */
const COMMAND_LINE = /^ *(?:bin\/)?ballast (?!.*\S {2,}\S)/;
/** What a line begins with that the lines after it stand under: `- `, `ballast: `, `ALARM: `. */
const MARK = /^ *(?:[-.▼▲↕] |[A-Za-z]+: )?/;

/**
 * Text as lines of at most `width` columns, broken at spaces; lines after the first begin with `indent` spaces. Broken
 * is neither between a number and its unit nor inside a command: "`ballast check`", or "again: ballast settle ..." to
 * the end. A word longer than a line stands whole, for it is copied. Color codes take no room.
 */
export function wrapText(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of wordsOf(text, width - indent)) {
    if (line === undefined) line = word;
    else if (line.trim() === "" || columnsOf(line) + 1 + columnsOf(word) <= width) line = `${line} ${word}`;
    else {
      lines.push(line.trimEnd());
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line ?? ""].join("\n");
}

/**
 * Each line of a text in at most `width` columns; what is longer goes on under the last column that begins in the first
 * half of the line, else under its own beginning. A line that is a command alone stands whole.
 */
export function fitText(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => {
      const plain = stripVTControlCharacters(line);
      if (plain.length <= width || COMMAND_LINE.test(plain)) return line;
      return wrapText(line, width, hangOf(plain, width));
    })
    .join("\n");
}

/** Columns under which a long line goes on. */
function hangOf(plain: string, width: number): number {
  const columns = [...plain.matchAll(/\S {2,}(?=\S)/g)].map((gap) => gap.index + gap[0].length);
  const column = columns.findLast((at) => at <= width / 2);
  if (column !== undefined) return column;
  const spaces = plain.length - plain.trimStart().length;
  const mark = (MARK.exec(plain) as RegExpExecArray)[0].length;
  return mark > spaces ? mark : spaces || 2;
}

/** Words between which a line may be broken. */
function wordsOf(text: string, longest: number): string[] {
  const words: string[] = [];
  let isCommand = false;
  let quoted = false;
  for (const word of text.split(" ")) {
    const last = words.at(-1);
    isCommand ||= COMMAND.test(word) && last !== undefined && last.endsWith(":");
    const begins = isCommand && COMMAND.test(word);
    const joined = last === undefined ? word : `${last} ${word}`;
    const together =
      last !== undefined &&
      !begins &&
      (isCommand ||
        ((quoted || (NUMBER_END.test(stripVTControlCharacters(last)) && UNIT.test(stripVTControlCharacters(word)))) &&
          columnsOf(joined) <= longest));
    if (together) words[words.length - 1] = joined;
    else words.push(word);
    if (word.split("`").length % 2 === 0) quoted = !quoted;
  }
  return words;
}

function columnsOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
