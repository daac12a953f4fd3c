const BACKSLASH = 0x5c;

/**
 * Where the string ends whose quote stands at `at` in a JSON text: at the next quote with an even number of backslashes
 * before it, past the text where there is none. Pure.
 */
export function jsonStringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
