import { z } from "zod";
import type { JsonSchema } from "./schemaLookup.ts";

const MADE = new WeakMap<z.ZodType, JsonSchema>();

/** JSON Schema of a configuration file's shape, made once. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = MADE.get(schema) ?? (z.toJSONSchema(schema) as JsonSchema);
  MADE.set(schema, made);
  return made;
}

/** Text of a schema that editors use to complete and check a configuration file, e.g. `config/schema.json`. */
export function schemaFileText(schema: z.ZodType, title = "Ballast site configuration"): string {
  return `${JSON.stringify({ title, ...jsonSchemaOf(schema) }, null, 2)}\n`;
}
