import { readFile } from "node:fs/promises";
import { isAbsolute, join, normalize, sep } from "node:path";
import { memberAt } from "../domain/evidence/historyEvent.ts";
import type { BundleManifest } from "../domain/evidence/model.ts";

/** The folder is no audit bundle, or a file that its manifest names cannot be read: what, where, what was expected. */
export class BundleError extends Error {
  override name = "BundleError";
}

/** An audit bundle on disk. */
export interface Bundle {
  readonly dir: string;
  readonly manifest: BundleManifest;
  /** Bytes of a file inside the bundle. @throws BundleError when it is missing or its path leaves the bundle */
  read(path: string): Promise<Uint8Array>;
}

/** Opens a bundle by its `manifest.json`. @throws BundleError when there is none or it is not of this version. */
export async function openBundle(dir: string): Promise<Bundle> {
  const manifest = parseManifest(dir, await readInside(dir, "manifest.json"));
  return { dir, manifest, read: (path) => readInside(dir, path) };
}

/** Value of a JSON file's bytes. @throws BundleError naming the file when it is no JSON. */
export function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BundleError(`${path}: expected JSON in UTF-8: ${(cause as Error).message}`, { cause });
  }
}

/** Values of a JSON-lines file, one a line. @throws BundleError naming file and line. */
export function parseJsonLines(path: string, bytes: Uint8Array): unknown[] {
  const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
  return lines.map((line, i) => parseJson(`${path} line ${i + 1}`, new TextEncoder().encode(line)));
}

async function readInside(dir: string, path: string): Promise<Uint8Array> {
  const inside = normalize(path);
  if (isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new BundleError(`bundle ${dir}: the manifest names "${path}", which lies outside the bundle; expected a path inside it`);
  }
  try {
    return await readFile(join(dir, inside));
  } catch (cause) {
    throw new BundleError(`bundle ${dir}: cannot read ${inside} (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}); expected the folder that \`ballast evidence\` writes, whole`, { cause });
  }
}

const LISTS = ["runs", "settlements", "statements", "ledgers", "documents"] as const;

function parseManifest(dir: string, bytes: Uint8Array): BundleManifest {
  const value = parseJson("manifest.json", bytes);
  const wrong = (what: string): never => {
    throw new BundleError(`bundle ${dir}: manifest.json: ${what}`);
  };
  if (memberAt(value, "schema") !== "ballast.bundle/1") wrong(`expected schema "ballast.bundle/1", got ${JSON.stringify(memberAt(value, "schema"))}`);
  for (const list of LISTS) {
    const entries = memberAt(value, list);
    if (!Array.isArray(entries)) return wrong(`expected a list "${list}"`);
    const pathName = list === "runs" ? "file" : "path";
    entries.forEach((entry: unknown, i) => {
      for (const member of [pathName, "digest"]) {
        if (typeof memberAt(entry, member) !== "string") wrong(`${list}[${i}]: expected text "${member}"`);
      }
    });
  }
  if (typeof memberAt(value, "headChainHash") !== "string") wrong(`expected text "headChainHash"`);
  if (typeof memberAt(value, "siteId") !== "string") wrong(`expected text "siteId"`);
  return value as BundleManifest;
}
