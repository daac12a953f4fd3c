import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { join, relative } from "node:path";
import type { AuditVerdict } from "../../src/domain/evidence/model.ts";
import { BundleError } from "../../src/replay/bundleFile.ts";
import { MANIFEST_DIGEST } from "../../src/replay/bundle.ts";

/** What is edited, how often, and who looks. */
export interface ByteEditing {
  /** Bundle, a copy of its own: each byte is put back before the next is changed. */
  readonly dir: string;
  readonly edits: number;
  /** Of these edits so many are shown to the whole audit, the others to its integrity layer. */
  readonly auditedWhole: number;
  readonly seed: number;
  readonly integrityOf: (dir: string) => Promise<AuditVerdict>;
  readonly auditOf: (dir: string) => Promise<AuditVerdict>;
}

/** What came of it: edits that nobody found, by file and byte, and files that were edited. */
export interface EditedBytes {
  readonly missed: readonly string[];
  readonly touched: ReadonlySet<string>;
}

/**
 * Changes one byte of a bundle after the other, in place. Found is a finding, or a refusal to read the bundle at all.
 * @throws any other error of the audit
 */
export async function editBytes(editing: ByteEditing): Promise<EditedBytes> {
  const { dir, edits, auditedWhole, seed, integrityOf, auditOf } = editing;
  const files = filesOf(dir)
    .map((path) => ({ path, size: statSync(join(dir, path)).size }))
    .filter(({ size }) => size > 0);
  const random = mulberry32(seed);
  const touched = new Set<string>();
  const missed: string[] = [];
  for (let n = 0; n < edits; n++) {
    const { path, size } = pick(files, n, random);
    const position = Math.floor(random() * size);
    const undo = flip(join(dir, path), position, 1 + Math.floor(random() * 255));
    const look = n % Math.ceil(edits / auditedWhole) === 0 ? auditOf : integrityOf;
    if (!(await isFound(() => look(dir)))) missed.push(`edit ${n}: ${path} byte ${position}`);
    undo();
    touched.add(path);
  }
  return { missed, touched };
}

/** Files of a folder and its folders, paths within it, in order. */
export function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(dir, join(one.parentPath, one.name)))
    .sort();
}

interface SizedFile {
  readonly path: string;
  readonly size: number;
}

/**
 * A quarter of the edits falls on the manifest, a twentieth on its digest, another on the journal, three on any file,
 * the rest where the bytes are.
 */
function pick(files: readonly SizedFile[], n: number, random: () => number): SizedFile {
  const named = (name: string): SizedFile => files.find(({ path }) => path === name) ?? (files[0] as SizedFile);
  if (n % 4 === 0) return named("manifest.json");
  if (n % 20 === 1) return named(MANIFEST_DIGEST);
  if (n % 20 === 9) return named("ledgers/journal.jsonl");
  if (n % 4 === 1) return files[Math.floor(random() * files.length)] as SizedFile;
  let at = random() * files.reduce((sum, { size }) => sum + size, 0);
  return files.find(({ size }) => (at -= size) < 0) as SizedFile;
}

/** Changes one byte of a file and returns what puts it back. */
function flip(path: string, position: number, mask: number): () => void {
  const before = readFileSync(path)[position] as number;
  const put = (value: number): void => {
    const file = openSync(path, "r+");
    writeSync(file, Uint8Array.of(value), 0, 1, position);
    closeSync(file);
  };
  put(before ^ mask);
  return () => put(before);
}

async function isFound(look: () => Promise<AuditVerdict>): Promise<boolean> {
  try {
    return !(await look()).ok;
  } catch (error) {
    if (error instanceof BundleError) return true;
    throw error;
  }
}

/** Seeded numbers in [0, 1): the mulberry32 generator. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
