import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, normalize, relative, sep } from "node:path";
import { memberAt } from "../domain/evidence/historyEvent.ts";
import type { BundleManifest } from "../domain/evidence/model.ts";
import { sha256Hex } from "./hash.ts";

/** The folder is no audit bundle, or a file that its manifest names cannot be read: what, where, what was expected. */
export class BundleError extends Error {
  override name = "BundleError";
}

/** An audit bundle on disk. */
export interface Bundle {
  readonly dir: string;
  readonly manifest: BundleManifest;
  /** Stored bytes of `manifest.json`. */
  readonly manifestBytes: Uint8Array;
  /** Bytes of a file inside the bundle. @throws BundleError when it is missing or its path leaves the bundle */
  read(path: string): Promise<Uint8Array>;
  /** Paths of all files that lie in the folder, listed or not, `/` between names. */
  paths(): Promise<readonly string[]>;
}

/** Beside `manifest.json`: its SHA-256, in the form that `sha256sum -c` reads. */
export const MANIFEST_DIGEST = "manifest.sha256";

/** The one form in which a manifest is written, so that no two files say the same. */
export function manifestText(manifest: BundleManifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

/** Content of `manifest.sha256` for a manifest's bytes. */
export function manifestDigestText(manifest: Uint8Array | string): string {
  return `${sha256Hex(manifest)}  manifest.json\n`;
}

/** Opens a bundle by its `manifest.json`. @throws BundleError when there is none or it is not of this version. */
export async function openBundle(dir: string): Promise<Bundle> {
  const manifestBytes = await readInside(dir, "manifest.json");
  const manifest = parseManifest(dir, manifestBytes);
  return { dir, manifest, manifestBytes, read: (path) => readInside(dir, path), paths: () => pathsIn(dir) };
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
  const lines = new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line, i) => parseJson(`${path} line ${i + 1}`, new TextEncoder().encode(line)));
}

async function readInside(dir: string, path: string): Promise<Uint8Array> {
  const inside = normalize(path);
  if (isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new BundleError(
      `bundle ${dir}: the manifest names "${path}", which lies outside the bundle; expected a path inside it`,
    );
  }
  try {
    return await readFile(join(dir, inside));
  } catch (cause) {
    throw new BundleError(
      `bundle ${dir}: cannot read ${inside} ` +
        `(${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}); expected the folder that \`ballast ` +
        `evidence\` writes, whole`,
      { cause },
    );
  }
}

async function pathsIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}

const LISTS = ["runs", "settlements", "statements", "ledgers", "documents"] as const;

function parseManifest(dir: string, bytes: Uint8Array): BundleManifest {
  const value = parseJson("manifest.json", bytes);
  const wrong = (what: string): never => {
    throw new BundleError(`bundle ${dir}: manifest.json: ${what}`);
  };
  if (memberAt(value, "schema") !== "ballast.bundle/1")
    wrong(`expected schema "ballast.bundle/1", got ${JSON.stringify(memberAt(value, "schema"))}`);
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
