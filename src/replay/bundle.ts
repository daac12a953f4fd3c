import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { memberAt } from "../domain/evidence/historyEvent.ts";
import type { BundleManifest } from "../domain/evidence/model.ts";
import { cleanText } from "../domain/units/foreignText.ts";
import { type JsonBudget, jsonOverBudget } from "../domain/units/jsonBudget.ts";
import { BundleError, FILE_BYTES_MAX, isPathInside, readInside } from "./bundleFile.ts";
import { sha256Hex } from "./hash.ts";

/** An audit bundle on disk. */
export interface Bundle {
  readonly dir: string;
  readonly manifest: BundleManifest;
  /** Stored bytes of `manifest.json`. */
  readonly manifestBytes: Uint8Array;
  /**
   * Bytes of a file inside the bundle, at most as many as the manifest lists. @throws BundleError when it is missing,
   * longer, no regular file, or its path leaves the bundle
   */
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

const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;
const MANIFEST_DIGEST_BYTES_MAX = 1024;
/** A history of 24,000 events has about a million values. */
const BUNDLE_JSON: JsonBudget = { depthMax: 200, valuesMax: 10_000_000 };

/**
 * Opens a bundle by its `manifest.json`. @throws BundleError when there is none, it is not of this version, or its
 * entries are malformed, doubled or lead out of the folder.
 */
export async function openBundle(dir: string): Promise<Bundle> {
  const manifestBytes = readInside(dir, "manifest.json", MANIFEST_BYTES_MAX);
  const manifest = parseManifest(dir, manifestBytes);
  const { settlements, statements, ledgers, documents } = manifest;
  const bytesOf = new Map([settlements, statements, ledgers, documents].flat().map(({ path, bytes }) => [path, bytes]));
  bytesOf.set(MANIFEST_DIGEST, MANIFEST_DIGEST_BYTES_MAX);
  const read = async (path: string) =>
    readInside(dir, path, Math.min(bytesOf.get(path) ?? FILE_BYTES_MAX, FILE_BYTES_MAX));
  return { dir, manifest, manifestBytes, read, paths: () => pathsIn(dir) };
}

/** Value of a JSON file's bytes. @throws BundleError naming the file when it is no JSON, or beyond its budget. */
export function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const over = jsonOverBudget(text, BUNDLE_JSON);
    if (over !== undefined) throw new SyntaxError(over);
    return JSON.parse(text);
  } catch (cause) {
    throw new BundleError(`${path}: expected JSON in UTF-8: ${(cause as Error).message}`, { cause });
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
const RUN_TEXTS = ["workflowId", "runId", "closedAt", "file", "digest", "chainHash", "previousChainHash", "buildId"];
const TEXTS = ["siteId", "createdAt", "buildId", "headChainHash"];
const SIGNATURE_TEXTS = ["algorithm", "keyId", "valueBase64"];

function parseManifest(dir: string, bytes: Uint8Array): BundleManifest {
  const value = parseJson("manifest.json", bytes);
  const wrong = (what: string): never => {
    throw new BundleError(`bundle ${dir}: manifest.json: ${what}`);
  };
  const members = (of: unknown, where: string, texts: readonly string[], counts: readonly string[]): void => {
    for (const name of texts) if (typeof memberAt(of, name) !== "string") wrong(`${where}expected text "${name}"`);
    for (const name of counts)
      if (!isCount(memberAt(of, name))) wrong(`${where}expected "${name}", a whole number not below 0`);
  };
  if (memberAt(value, "schema") !== "ballast.bundle/1")
    wrong(
      `expected schema "ballast.bundle/1", got ${cleanText(JSON.stringify(memberAt(value, "schema")) ?? "none", 60)}`,
    );
  members(value, "", TEXTS, []);
  const seen = new Set(["manifest.json", MANIFEST_DIGEST]);
  for (const list of LISTS) {
    const entries = memberAt(value, list);
    if (!Array.isArray(entries)) return wrong(`expected a list "${list}"`);
    entries.forEach((entry: unknown, i) => {
      if (list === "runs") members(entry, `${list}[${i}]: `, RUN_TEXTS, ["sequence", "events"]);
      else members(entry, `${list}[${i}]: `, ["path", "digest"], ["bytes"]);
      const path = memberAt(entry, list === "runs" ? "file" : "path") as string;
      if (!isPathInside(path))
        wrong(`${list}[${i}] names ${JSON.stringify(path.slice(0, 100))}, which lies outside the bundle`);
      if (seen.has(path)) wrong(`${list}[${i}] names ${path} a second time`);
      seen.add(path);
    });
  }
  const archiveProblem = memberAt(value, "archiveProblem");
  if (archiveProblem !== undefined) members(value, "", ["archiveProblem"], []);
  const signature = memberAt(value, "signature");
  if (signature !== undefined) members(signature, "signature: ", SIGNATURE_TEXTS, []);
  return value as BundleManifest;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
