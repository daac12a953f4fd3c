import { readFileSync } from "node:fs";
import { LineCounter, isCollection, isMap, isNode, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { Finding, Path } from "./finding.ts";
import { keyText } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";

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
    document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines, prettyErrors: false });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const problems = [atTop(`cannot be read (${why})`, "a readable YAML file")];
    return { value: undefined, problems, place: ({ message, expected }) => atTop(message, expected) };
  }
  const problems = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    return { file, line: at.line, column: at.col, key: "", message: error.message, expected: "valid YAML" };
  });
  const place = (finding: Finding): ConfigProblem => {
    const at = lines.linePos(offsetOf(document, finding));
    return {
      file,
      line: at.line,
      column: at.col,
      key: keyText(finding.path),
      message: finding.message,
      expected: finding.expected,
    };
  };
  return { value: problems.length === 0 ? document.toJS() : undefined, problems, place };
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
