import { cleanText } from "../domain/units/foreignText.ts";
import type { Path } from "./finding.ts";

/** One thing wrong with a configuration: where, what, and what was expected. Lines and columns count from 1. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Path of the value, e.g. `cohorts[0].modes[1].powerW`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
  readonly expected: string;
  /** Hardly meant, but a site can run with it. */
  readonly isWarning?: boolean;
}

/** A configuration that cannot be used; the message lists every problem with file, line, key and what was expected. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      `The configuration has ${problems.length} ` +
        `${problems.length === 1 ? "problem" : "problems"}:\n${problems.map(problemText).join("\n")}`,
    );
    this.problems = problems;
  }
}

/** `file:line:column key: message; expected ...` for a terminal. */
export function problemText(problem: ConfigProblem): string {
  const key = problem.key === "" ? "" : ` ${problem.key}:`;
  return `  ${problem.file}:${problem.line}:${problem.column}${key} ${problem.message}; expected ${problem.expected}`;
}

const KEY_CHARS = 80;

/** `cohorts[0].modes[1].powerW`: each key clean, of a long one the beginning. */
export function keyText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return `${text}${text === "" ? "" : "."}${cleanText(part, KEY_CHARS)}`;
  }, "");
}

/** File by file, from top to bottom. */
export function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) => Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}
