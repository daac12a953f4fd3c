import { jsonOverBudget } from "./jsonBudget.ts";

const CHARACTERS_MAX = 500;
/** Tab, line feed and the like: only a gap between two words. */
const GAP = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
/** What only a look at each text of a JSON text can judge: escapes, and all beyond printable ASCII and line ends. */
const UNLIKE_PLAIN_ASCII = /[^\t\n\r\x20-\x5b\x5d-\x7e]/;
/** Control characters, lone surrogates, and marks that turn the direction of a text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

/**
 * Text from outside as one printable line of at most `charactersMax` UTF-16 units: line breaks and tabs become a blank,
 * other control characters (NUL, escape), lone surrogates and marks of direction become U+FFFD, what is too long ends
 * in "…". Clean text comes back as it is. To be used wherever a text enters that Ballast did not write: a database
 * refuses NUL and lone surrogates, a terminal obeys escapes.
 */
export function cleanText(text: string, charactersMax: number = CHARACTERS_MAX): string {
  // Bounded first: nobody's megabytes are searched. One unit more tells a text that is cut.
  const line = text
    .slice(0, charactersMax + 1)
    .replace(GAP, " ")
    .replace(UNPRINTABLE, "\ufffd");
  if (text.length <= charactersMax) return line;
  const cut = line.slice(0, charactersMax - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Whether a text is one printable line of at most `charactersMax` UTF-16 units, as `cleanText` makes them. */
export function isCleanText(text: string, charactersMax?: number): boolean {
  return cleanText(text, charactersMax) === text;
}

/** Message of whatever was thrown, as clean text: most of it was written by the other side. */
export function thrownText(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error));
}

/**
 * JSON from outside, every text in it clean. Names of members stay as they are.
 * @throws SyntaxError when the text is no JSON, or nested or long beyond its budget.
 */
export function parseForeignJson(text: string): unknown {
  const over = jsonOverBudget(text);
  if (over !== undefined) throw new SyntaxError(over);
  // A visit of every value takes many times as long as the parsing.
  if (holdsCleanTextsOnly(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_name, value: unknown) => (typeof value === "string" ? cleanText(value) : value));
}

/**
 * Whether every text in a JSON text is clean for certain: printable ASCII without an escape, and from quote to quote
 * within the bound. Line breaks and tabs can stand between values only.
 */
function holdsCleanTextsOnly(json: string): boolean {
  if (UNLIKE_PLAIN_ASCII.test(json)) return false;
  for (let from = 0; from < json.length;) {
    const quote = json.indexOf('"', from);
    const end = quote === -1 ? json.length : quote;
    if (end - from > CHARACTERS_MAX) return false;
    from = end + 1;
  }
  return true;
}
