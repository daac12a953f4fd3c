import type { Path } from "./finding.ts";

/** The few words of JSON Schema that the generated schemas use. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** Keys allowed at a path of a value; of several forms the one whose constants match, or all. */
export function keysAt(schema: JsonSchema, path: Path, value: unknown): string[] {
  const { forms } = descend(schema, path, value);
  return [...new Set(forms.flatMap((form) => Object.keys(form.properties ?? {})))];
}

/** Description of what belongs at a path, when the schema has one. */
export function describedAt(schema: JsonSchema, path: Path, value: unknown): string | undefined {
  return descend(schema, path, value).description;
}

/** Values allowed at a path, where the schema lists them. */
export function choicesAt(schema: JsonSchema, path: Path, value: unknown): string[] {
  const { forms } = descend(schema, path, value);
  return [...new Set(forms.flatMap((form) => form.enum ?? (form.const === undefined ? [] : [form.const])).map(String))];
}

function descend(
  schema: JsonSchema,
  path: Path,
  value: unknown,
): { forms: readonly JsonSchema[]; description?: string } {
  let forms = formsOf(schema, value);
  let description = schema.description;
  let inner = value;
  for (const part of path) {
    inner = inside(inner, part);
    const next = forms
      .map((form) => (typeof part === "number" ? form.items : form.properties?.[part]))
      .filter((form) => form !== undefined);
    description = next[0]?.description;
    forms = next.flatMap((form) => formsOf(form, inner));
  }
  return { forms, description };
}

function formsOf(schema: JsonSchema, value: unknown): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms === undefined) return [schema];
  const fits = (form: JsonSchema): boolean =>
    Object.entries(form.properties ?? {}).every(
      ([key, property]) => property.const === undefined || inside(value, key) === property.const,
    );
  const matching = forms.filter(fits);
  return matching.length > 0 ? matching : forms;
}

/** The value under a key or position; undefined when there is nothing inside. */
export function inside(value: unknown, part: string | number): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
}
