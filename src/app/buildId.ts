import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = ["workflows", "src/domain"];

/** Version of the Temporal SDK that is built into every workflow bundle. */
export const SDK_VERSION = (
  createRequire(import.meta.url)("@temporalio/workflow/package.json") as { readonly version: string }
).version;

/**
 * Names the workflow code by its content: SHA-256 over the sources that can reach the workflow bundle and the version
 * of the SDK in it, first 16 hex digits. The same code in another folder has the same name. @param root the project's
 * folder, another one in tests
 */
export function buildId(root: string = ROOT): string {
  const hash = createHash("sha256").update(SDK_VERSION).update("\0");
  for (const folder of SOURCES) {
    for (const file of sources(join(root, folder)))
      hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
