import { z } from "zod";
import { configSchema } from "./schema/config.ts";
import { marketSchema } from "./schema/market.ts";
import type { JsonSchema } from "./schemaLookup.ts";

/** JSON Schema of a site's configuration file. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema) as JsonSchema;
}

/** JSON Schema of a file of market constants. */
export function marketJsonSchema(): JsonSchema {
  return z.toJSONSchema(marketSchema) as JsonSchema;
}

/** Text of `config/schema.json`, which editors use to complete and check a configuration. */
export function schemaFileText(): string {
  return `${JSON.stringify({ title: "Ballast site configuration", ...configJsonSchema() }, null, 2)}\n`;
}
