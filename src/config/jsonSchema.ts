import { z } from "zod";
import type { JsonSchema } from "./schemaLookup.ts";

/** JSON Schema of a configuration file's shape. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema) as JsonSchema;
}

/** Text of `config/schema.json`, which editors use to complete and check a site's configuration. */
export function schemaFileText(schema: z.ZodType): string {
  return `${JSON.stringify({ title: "Ballast site configuration", ...jsonSchemaOf(schema) }, null, 2)}\n`;
}
