import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaFileText } from "../../config/index.ts";
import { siteFileSchema } from "./registries.ts";

// Run after a change of the schema or of a fragment: node src/app/worker/writeSchema.ts
const file = new URL("../../../config/schema.json", import.meta.url);
writeFileSync(fileURLToPath(file), schemaFileText(siteFileSchema));
