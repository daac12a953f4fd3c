import { z } from "zod";
import type { JsonSchema } from "./schemaLookup.ts";

const MADE = new WeakMap<z.ZodType, JsonSchema>();

/** JSON Schema of a configuration file's shape, made once. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = MADE.get(schema) ?? (z.toJSONSchema(schema) as JsonSchema);
  MADE.set(schema, made);
  return made;
}

/** Text of `config/schema.json`, which editors use to complete and check a site's configuration. */
export function schemaFileText(schema: z.ZodType): string {
  return `${JSON.stringify({ title: "Ballast site configuration", ...jsonSchemaOf(schema) }, null, 2)}\n`;
}
