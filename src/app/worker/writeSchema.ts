import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaFiles } from "./schemaFiles.ts";

// Run after a change of the schema or of a fragment: node src/app/worker/writeSchema.ts
const folder = new URL("../../../config/", import.meta.url);
for (const { name, text } of schemaFiles()) writeFileSync(fileURLToPath(new URL(name, folder)), text);
