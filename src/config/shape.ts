import type { z } from "zod";
import { cleanText } from "../domain/units/foreignText.ts";
import { keyText } from "./problem.ts";
import type { Finding, Path } from "./finding.ts";
import { choicesAt, describedAt, inside, keysAt } from "./schemaLookup.ts";
import type { JsonSchema } from "./schemaLookup.ts";
import { didYouMean } from "./didYouMean.ts";

/** What a file's shape has against its schema, in the file's own terms. */
export function shapeFindings(issues: readonly z.core.$ZodIssue[], value: unknown, schema: JsonSchema): Finding[] {
  const findings = issues.flatMap((issue) => findingsOf(issue, value, schema));
  const misspelt = new Set(findings.map((finding) => finding.meant).filter((key) => key !== undefined));
  return findings.filter((finding) => finding.message !== MISSING || !misspelt.has(keyText(finding.path)));
}

const MISSING = "missing";
/** More unknown keys in one place are no slips of the pen. */
const HINTS_MAX = 100;

/** `meant`: the key that a misspelt one stands for; it need not be called missing as well. */
type ShapeFinding = Finding & { readonly meant?: string };

function findingsOf(issue: z.core.$ZodIssue, value: unknown, schema: JsonSchema): ShapeFinding[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path, value);
    return issue.keys.map((key, position) => {
      const hint = position < HINTS_MAX ? didYouMean(key, known) : undefined;
      return {
        path: [...path, key],
        onKey: true,
        message: `unknown key "${cleanText(key, SHOWN_MAX)}"${hint === undefined ? "" : `, did you mean "${hint}"?`}`,
        meant: hint === undefined ? undefined : keyText([...path, hint]),
        expected: known.length === 0 ? "no such key" : `one of ${known.join(", ")}`,
      };
    });
  }
  if (issue.code === "invalid_key") {
    const name = cleanText(String(path.at(-1)), SHOWN_MAX);
    const own = issue.issues.find(({ code }) => code === "custom")?.message;
    return [{ path, onKey: true, message: `"${name}" cannot be a key here`, expected: own ?? KEY_NAMES }];
  }
  const found = at(value, path);
  const described = describedAt(schema, path, value);
  if (found === undefined)
    return [{ path, message: MISSING, expected: described ?? expectation(issue) ?? issue.message }];
  const choices = choicesAt(schema, path, value);
  const expected = [choices.length > 0 ? `one of ${choices.join(", ")}` : expectation(issue), described]
    .filter((part) => part !== undefined)
    .join(": ");
  return [{ path, message: `is ${shown(found)}`, expected }];
}

/** A value as it is written, the beginning of a long one. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${cleanText(text, SHOWN_MAX)}` : text;
}

const SHOWN_MAX = 80;

function expectation(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `${SIZE_NAMES[issue.origin] ?? "a number"} of at least ${issue.minimum}`;
    case "too_big":
      return `${SIZE_NAMES[issue.origin] ?? "a number"} of at most ${issue.maximum}`;
    case "invalid_format":
      return undefined;
    default:
      return issue.message;
  }
}

/** Keys that a file chooses itself are ids. */
const KEY_NAMES = "letters, digits, dot, dash or underscore, 63 at most";
const SIZE_NAMES: Readonly<Record<string, string>> = { array: "a list with a length", string: "text with a length" };
const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
  record: "keys with values",
};

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, part) => inside(inner, part), value);
}
