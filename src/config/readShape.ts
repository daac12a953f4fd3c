import type { z } from "zod";
import type { Finding } from "./finding.ts";
import { jsonSchemaOf } from "./jsonSchema.ts";
import { otherForm } from "./otherForm.ts";
import { type ConfigProblem, inOrder } from "./problem.ts";
import { shapeFindings } from "./shape.ts";
import { readYaml, type YamlFile } from "./yamlFile.ts";

/** A file of the right shape, with the way back from a value to its place in it. */
export interface Read<T> {
  readonly file: string;
  readonly value: T;
  readonly yaml: YamlFile;
  /** None. */
  readonly problems: readonly ConfigProblem[];
}

const PROBLEMS_MAX = 100;

/** Reads a file and holds it against its shape; what either has against it are problems, not errors. */
export function readShape<T>(
  file: string,
  schema: z.ZodType<T>,
): Read<T> | { readonly yaml: YamlFile; readonly problems: readonly ConfigProblem[] } {
  const yaml = readYaml(file);
  if (yaml.problems.length > 0) return { yaml, problems: yaml.problems };
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return { file, value: parsed.data, yaml, problems: [] };
  const other = otherForm(yaml.value, schema);
  if (other !== undefined) return { yaml, problems: [yaml.place(other)] };
  const findings = shapeFindings(parsed.error.issues, yaml.value, jsonSchemaOf(schema));
  return { yaml, problems: shapeProblems(findings, yaml) };
}

/** The first of many: whoever mends those looks again. */
function shapeProblems(findings: readonly Finding[], yaml: YamlFile): ConfigProblem[] {
  const shown = inOrder(findings.slice(0, PROBLEMS_MAX).map(yaml.place));
  const rest = findings.length - shown.length;
  if (rest === 0) return shown;
  const more = { path: [], message: `has ${rest} more problems`, expected: "the ones above to be fixed first" };
  return [...shown, yaml.place(more)];
}
