import { readFileSync, statSync } from "node:fs";
import { LineCounter, isCollection, isMap, isNode, isScalar, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { cleanText } from "../domain/units/foreignText.ts";
import type { Finding, Path } from "./finding.ts";
import { keyText } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";

const FILE_BYTES_MAX = 1_000_000;
const LINES_MAX = 20_000;
const VALUES_MAX = 20_000;
const DEPTH_MAX = 64;
const ERRORS_MAX = 3;
const START = 0;
const NESTED_TOO_DEEP = "nested too deep";

/** How the parser says that a line does not stand under the one that it belongs to. */
const INDENTATION = /\b(?:tabs|indent\w*|compact mappings|implicit keys)\b/i;

/** How the message of a file begins that could not be opened, or is no text. */
export const UNREADABLE = "cannot be read";

/** A YAML file read into plain values, with the way back from a value to its place in the file. */
export interface YamlFile {
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** Adds the place to a finding. */
  place(finding: Finding): ConfigProblem;
}

/** Reads a YAML 1.2 file; an unreadable file or bad YAML is a problem, not an error. */
export function readYaml(file: string): YamlFile {
  const lines = new LineCounter();
  const atTop = (message: string, expected: string): ConfigProblem => ({
    file,
    line: 1,
    column: 1,
    key: "",
    message,
    expected,
  });
  let document: Document;
  try {
    const text = boundedText(file);
    // the library's own search for doubled keys grows with their square
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const problems = [atTop(`${UNREADABLE} (${why})`, "a readable YAML file")];
    return { value: undefined, problems, place: ({ message, expected }) => atTop(message, expected) };
  }
  const problems = [...yamlErrors(document), ...reread(document), ...refused(document)].map(
    ({ at: offset, message }) => {
      const at = lines.linePos(offset);
      const hint = INDENTATION.test(message) ? ": no tabs, and the keys of one group in one column" : "";
      return { file, line: at.line, column: at.col, key: "", message, expected: `valid YAML${hint}` };
    },
  );
  if (problems.length === 0 && document.contents === null)
    problems.push(atTop("has no content", "a configuration such as config/example-site.yaml"));
  const place = (finding: Finding): ConfigProblem => {
    const at = lines.linePos(offsetOf(document, finding));
    return {
      file,
      line: at.line,
      column: at.col,
      key: keyText(finding.path),
      message: finding.message,
      expected: finding.expected,
      ...(finding.isWarning === true && { isWarning: true }),
    };
  };
  return { value: problems.length === 0 ? document.toJS() : undefined, problems, place };
}

/** Text of a file within its budget, counted before anything is parsed. */
function boundedText(file: string): string {
  const entry = statSync(file);
  if (!entry.isFile()) throw new TypeError("it is not a regular file");
  const { size } = entry;
  if (size > FILE_BYTES_MAX) throw new RangeError(`${size} bytes, longer than ${FILE_BYTES_MAX} bytes`);
  const text = utf8Text(readFileSync(file));
  if (text.includes("\0")) throw new TypeError("it holds NUL bytes, so it is not text");
  if (text.split("\n").length > LINES_MAX) throw new RangeError(`more than ${LINES_MAX} lines`);
  const flow = flowSize(text);
  if (flow.values > VALUES_MAX) throw new RangeError(`more than ${VALUES_MAX} values in brackets`);
  if (flow.depth > DEPTH_MAX) throw new RangeError(`nested deeper than ${DEPTH_MAX}`);
  return text;
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TypeError("not UTF-8 text; save it as UTF-8, not as UTF-16 or Latin-1", { cause });
  }
}

/** Bounds from above: brackets and commas count wherever they stand. */
function flowSize(text: string): { readonly values: number; readonly depth: number } {
  let [values, depth, deepest] = [0, 0, 0];
  for (const [mark] of text.matchAll(/[[\]{},]/g)) {
    values += 1;
    if (mark === "[" || mark === "{") deepest = Math.max(deepest, (depth += 1));
    else if (mark !== ",") depth = Math.max(0, depth - 1);
  }
  return { values, depth: deepest };
}

/** The first errors, each in a line: what follows them mostly follows from them. */
function yamlErrors({ errors }: Document): { at: number; message: string }[] {
  return errors.slice(0, ERRORS_MAX).map(({ code, pos, message }) => ({
    at: pos[0],
    message: MESSAGES.find(([known]) => known.test(`${code} ${message}`))?.[1] ?? cleanText(message, 160),
  }));
}

const MESSAGES = [
  [/^MULTIPLE_DOCS/, "a second document begins here; one file, one document"],
  [/call stack/, NESTED_TOO_DEEP],
] as const;

/** What would be read in another way than it is written: tags that nothing resolves, rules of an older YAML. */
function reread({ warnings, directives }: Document): { at: number; message: string }[] {
  const unresolved = warnings.slice(0, ERRORS_MAX).map(({ pos, message }) => ({
    at: pos[0],
    message: `${cleanText(message, 80)}: it would be ignored; write the value itself`,
  }));
  return directives?.yaml.explicit === true && directives.yaml.version !== "1.2"
    ? [{ at: START, message: `%YAML ${directives.yaml.version} changes what values mean; leave it out` }, ...unresolved]
    : unresolved;
}

/** Aliases, which make a short file a long one, maps nested too deep, and keys that stand twice in one map. */
function refused(document: Document): { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  visit(document, {
    Alias: (_key, { range, source }) =>
      void found.push({ at: range?.[0] ?? START, message: `*${source} is an alias; write the value out` }),
    Map: (_key, { items, range }, path) => {
      // a map and its pair in turn
      if (path.length > 2 * DEPTH_MAX) {
        found.push({ at: range?.[0] ?? START, message: NESTED_TOO_DEEP });
        return visit.SKIP;
      }
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          const at = isNode(key) ? (key.range?.[0] ?? START) : START;
          found.push({ at, message: "a key that is a list or a map, not a name" });
          continue;
        }
        // it would be lost on the way to plain values
        if (key.value === "__proto__")
          found.push({ at: key.range?.[0] ?? START, message: "__proto__ cannot be a key" });
        if (seen.has(key.value)) found.push({ at: key.range?.[0] ?? START, message: "Map keys must be unique" });
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}

function offsetOf(document: Document, finding: Finding): number {
  for (let length = finding.path.length; length >= 0; length -= 1) {
    const path = finding.path.slice(0, length);
    const onKey = finding.onKey === true || length < finding.path.length;
    const offset = (onKey ? keyOffset(document, path) : undefined) ?? valueOffset(document, path);
    if (offset !== undefined) return offset;
  }
  return 0;
}

function valueOffset(document: Document, path: Path): number | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const name = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (name === undefined || !isCollection(parent) || !isMap(parent)) return undefined;
  const key = parent.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key;
  return isScalar(key) ? key.range?.[0] : undefined;
}
