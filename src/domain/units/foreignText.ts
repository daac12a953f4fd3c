import { FOREIGN_JSON, jsonOverBudget } from "./jsonBudget.ts";
import type { JsonBudget } from "./jsonBudget.ts";

const CHARACTERS_MAX = 500;
const VALUE_CHARACTERS_MAX = 100;
/** What nearly every text consists of, and what nothing has to be done to. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Tab, line feed and the like: only a gap between two words. */
const GAP = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
/** Control characters, lone surrogates, and marks that turn the direction of a text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;
const OBEYED = /[^\P{Cc}\n]|[\p{Cs}\p{Bidi_Control}]/gu;

/**
 * Text from outside as one printable line of at most `charactersMax` UTF-16 units: line breaks and tabs become a blank,
 * other control characters (NUL, escape), lone surrogates and marks of direction become U+FFFD, what is too long ends
 * in "…". Clean text comes back as it is. To be used wherever a text enters that Ballast did not write: a database
 * refuses NUL and lone surrogates, a terminal obeys escapes.
 */
export function cleanText(text: string, charactersMax: number = CHARACTERS_MAX): string {
  if (text.length <= charactersMax && PRINTABLE_ASCII.test(text)) return text;
  // Bounded first: nobody's megabytes are searched. One unit more tells a text that is cut.
  const line = text
    .slice(0, charactersMax + 1)
    .replace(GAP, " ")
    .replace(UNPRINTABLE, "\ufffd");
  if (text.length <= charactersMax) return line;
  const cut = line.slice(0, charactersMax - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A text of several lines for a terminal: whatever a terminal obeys but the line feed becomes U+FFFD. */
export function cleanLines(text: string): string {
  return text.replace(OBEYED, "\ufffd");
}

/** Whether a text is one printable line of at most `charactersMax` UTF-16 units, as `cleanText` makes them. */
export function isCleanText(text: string, charactersMax?: number): boolean {
  return cleanText(text, charactersMax) === text;
}

/** Message of whatever was thrown, as clean text: most of it was written by the other side. */
export function thrownText(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error));
}

/** A value of foreign JSON as it stands in a message: its JSON as clean text of at most 100 UTF-16 units. */
export function foreignValueText(value: unknown): string {
  return cleanText(JSON.stringify(value) ?? "undefined", VALUE_CHARACTERS_MAX);
}

/**
 * JSON from outside, every text in it clean, with or without a byte order mark before it. Names of
 * members stay as they are.
 * @throws SyntaxError when the text is no JSON, or nested or long beyond its budget.
 */
export function parseForeignJson(text: string, budget: JsonBudget = FOREIGN_JSON): unknown {
  const over = jsonOverBudget(text, budget);
  if (over !== undefined) throw new SyntaxError(over);
  return cleanTexts(JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text));
}

/** The value with every text in it clean, in place: a reviver takes seconds for what this does in a tenth of one. */
function cleanTexts(value: unknown): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) value[at] = cleanTexts(value[at]);
    return value;
  }
  for (const name of Object.keys(value)) {
    const before = (value as Record<string, unknown>)[name];
    const after = cleanTexts(before);
    // Assigned, a member called __proto__ would be lost.
    if (after !== before)
      Object.defineProperty(value, name, { value: after, writable: true, enumerable: true, configurable: true });
  }
  return value;
}
