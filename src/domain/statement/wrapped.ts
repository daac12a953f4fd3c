/** Characters of a line of a client's papers. */
export const PAPER_WIDTH = 100;

/** As `fitted`, with `first` and `next` before the lines, which are counted in. */
export function wrapped(text: string, first: string, next: string, lengthMax: number = PAPER_WIDTH): string[] {
  return fitted(text, lengthMax - Math.max(first.length, next.length)).map(
    (part, i) => `${i === 0 ? first : next}${part}`,
  );
}

/** Breaks `text` at spaces to lines of at most `lengthMax` characters. */
export function fitted(text: string, lengthMax: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((w) => cut(w, lengthMax))) {
    if (line !== "" && line.length + 1 + word.length > lengthMax) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function cut(word: string, lengthMax: number): string[] {
  const pieces = word.match(new RegExp(`.{1,${lengthMax}}`, "gsu"));
  return pieces === null ? [] : [...pieces];
}
