import { dirname, join, normalize } from "node:path/posix";
import { lineAt, type Source } from "./source.ts";

/** A TypeScript text in three views of equal length and line count, so that a position in one is a position in all. */
interface Views {
  /** Comments and the insides of strings blanked: what is executed. */
  readonly code: string;
  /** Comments blanked. */
  readonly uncommented: string;
  /** Everything but comments blanked. */
  readonly comments: string;
}

const views = new WeakMap<Source, Views>();

export function codeOf(source: Source): string {
  return viewsOf(source).code;
}

export function uncommented(source: Source): string {
  return viewsOf(source).uncommented;
}

export function commentsOf(source: Source): string {
  return viewsOf(source).comments;
}

function viewsOf(source: Source): Views {
  const known = views.get(source);
  if (known) return known;
  const made = split(source.text);
  views.set(source, made);
  return made;
}

/** What a stretch of text is; `literal` is the inside of a string, template or regular expression. */
type Part = "code" | "comment" | "literal";

function split(text: string): Views {
  const parts = partsOf(text);
  const view = (...shown: readonly Part[]): string =>
    Array.from(text.split(""), (char, i) => (char === "\n" || shown.includes(parts[i] as Part) ? char : " ")).join("");
  return { code: view("code"), uncommented: view("code", "literal"), comments: view("comment") };
}

/**
 * A small scanner: comments, three kinds of strings with `${}` inside templates, and regular expressions by what stands
 * before the slash.
 */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  /** Brace depth at which each open `${` ends. */
  const templates: number[] = [];
  let depth = 0;
  let i = 0;
  const take = (part: Part, until: number): void => {
    while (i < until && i < text.length) parts[i++] = part;
  };
  while (i < text.length) {
    const two = text.slice(i, i + 2);
    const char = text[i] as string;
    if (two === "//") take("comment", endOf(text, "\n", i));
    else if (two === "/*") take("comment", endOf(text, "*/", i) + 2);
    else if (char === '"' || char === "'") {
      take("code", i + 1);
      take("literal", closing(text, i, char));
      take("code", i + 1);
    } else if (char === "`" || (char === "}" && templates.at(-1) === depth)) {
      if (char === "}") templates.pop();
      take("code", i + 1);
      const end = templateEnd(text, i);
      take("literal", end);
      if (text[end] === "$") {
        templates.push(depth);
        take("code", i + 2);
      } else take("code", i + 1);
    } else if (char === "/" && startsRegex(text, i)) {
      take("code", i + 1);
      take("literal", regexEnd(text, i));
      take("code", i + 1);
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      take("code", i + 1);
    }
  }
  return parts;
}

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at;
}

function closing(text: string, from: number, quote: string): number {
  let i = from;
  while (i < text.length && text[i] !== quote && text[i] !== "\n") i += text[i] === "\\" ? 2 : 1;
  return i;
}

function templateEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== "`" && text.slice(i, i + 2) !== "${") i += text[i] === "\\" ? 2 : 1;
  return i;
}

function startsRegex(text: string, at: number): boolean {
  const before = text.slice(0, at).trimEnd();
  return before === "" || /[(,=:[!&|?{};+\-*%<>~^]$|\b(?:return|typeof|case|in|of|throw|await|yield)$/.test(before);
}

function regexEnd(text: string, from: number): number {
  let i = from;
  let inClass = false;
  while (i < text.length && text[i] !== "\n" && (inClass || text[i] !== "/")) {
    if (text[i] === "[") inClass = true;
    if (text[i] === "]") inClass = false;
    i += text[i] === "\\" ? 2 : 1;
  }
  return i;
}

export interface Import {
  readonly specifier: string;
  /** Path from the root for a relative import; absent for a package. */
  readonly file?: string;
  /** `import type`: gone before the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Every import, re-export and dynamic import of a file. */
export function importsOf(source: Source): Import[] {
  const text = uncommented(source);
  const code = codeOf(source);
  const found: Import[] = [];
  const add = (match: RegExpMatchArray, specifier: string, typeOnly: boolean): void => {
    // the word itself must be code, not the inside of a string
    if (code.slice(match.index, (match.index as number) + 2).trim() === "") return;
    const file = specifier.startsWith(".") ? normalize(join(dirname(source.path), specifier)) : undefined;
    found.push({ specifier, file, typeOnly, line: lineAt(text, match.index as number) });
  };
  for (const match of text.matchAll(/\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s*from\s*)?["']([^"'\n]+)["']/g))
    add(match, match[2] as string, match[1] !== undefined);
  for (const match of text.matchAll(/\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g)) add(match, match[1] as string, false);
  return found;
}

export interface FunctionSpan {
  readonly name: string;
  /** First and last line. */
  readonly from: number;
  readonly to: number;
  /** Lines without those of functions inside it, which count for themselves. */
  readonly ownLines: number;
}

const NOT_A_METHOD = new Set([
  "if",
  "for",
  "while",
  "switch",
  "catch",
  "return",
  "function",
  "await",
  "new",
  "throw",
  "super",
  "typeof",
]);

/** Functions, methods and arrow functions with a body in braces. */
export function functionsOf(source: Source): FunctionSpan[] {
  const code = codeOf(source);
  const bodies = new Map<number, string>();
  const header =
    /\bfunction\b\s*\*?\s*([\w$]*)\s*(?:<[^(]*>)?\(|^[ \t]+(?:(?:static|async|get|set|override|private|public|readonly)\s+)*\*?\s*([#\w$]+)\s*(?:<[^(]*>)?\(/gm;
  for (const match of code.matchAll(header)) {
    const name = match[1] ?? match[2] ?? "";
    if (NOT_A_METHOD.has(name)) continue;
    const open = match.index + match[0].length - 1;
    const body = bodyAfter(code, matching(code, open) + 1);
    if (body !== undefined) bodies.set(body, name === "" ? "function" : name);
  }
  for (const match of code.matchAll(/=>\s*\{/g))
    bodies.set(match.index + match[0].length - 1, arrowName(code, match.index));
  const spans = [...bodies].map(([open, name]) => ({
    name,
    from: lineAt(code, open),
    to: lineAt(code, matching(code, open)),
  }));
  return spans.map((span) => {
    const inside = spans.filter(
      (other) =>
        other !== span &&
        other.from >= span.from &&
        other.to <= span.to &&
        other.to > other.from &&
        (other.to < span.to || other.from > span.from),
    );
    let ownLines = 0;
    for (let line = span.from; line <= span.to; line += 1)
      if (!inside.some((other) => line >= other.from && line <= other.to)) ownLines += 1;
    return { ...span, ownLines };
  });
}

/** Position of the bracket that closes the one at `open`; the end of the text when none does. */
export function matching(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i += 1) {
    if ("([{".includes(code[i] as string)) depth += 1;
    if (")]}".includes(code[i] as string) && --depth === 0) return i;
  }
  return code.length;
}

/** Position of the body's brace after a parameter list, past a return type; undefined for a signature or a call. */
function bodyAfter(code: string, from: number): number | undefined {
  let i = from;
  while (/\s/.test(code[i] ?? "")) i += 1;
  if (code[i] === "{") return i;
  if (code[i] !== ":") return undefined;
  let operandDue = true;
  for (i += 1; i < code.length; i += 1) {
    const char = code[i] as string;
    if (char === "{" && !operandDue) return i;
    if (char === ";" || (char === "=" && code[i + 1] !== ">")) return undefined;
    if ("{([".includes(char)) i = matching(code, i);
    if (!/\s/.test(char))
      operandDue =
        char === "|" || char === "&" || char === "<" || char === "," || (char === ">" && code[i - 1] === "=");
  }
  return undefined;
}

function arrowName(code: string, at: number): string {
  const line = code.slice(code.lastIndexOf("\n", at) + 1, at);
  return /(?:const|let)\s+([\w$]+)/.exec(line)?.[1] ?? /^\s*([\w$]+):/.exec(line)?.[1] ?? "arrow function";
}
