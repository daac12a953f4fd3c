import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaFileText } from "./jsonSchema.ts";

// Run after a change of the schema: node src/config/writeSchema.ts
writeFileSync(fileURLToPath(new URL("../../config/schema.json", import.meta.url)), schemaFileText());
