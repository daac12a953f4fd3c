import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { BundleDocument } from "../../domain/evidence/ledgers.ts";
import type { DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
import { syncToDisk, writeDurably } from "./durably.ts";

const INDEX = "index.jsonl";

/** Where the bytes of a hash lie, and the documents that they are of. */
type ByHash = Map<string, { readonly day: string; readonly entries: BundleDocument[] }>;

/**
 * An archive of market documents: a folder a day (UTC) of fetching, in it each document gzipped under the SHA-256 of
 * its bytes, and `index.jsonl` with a line for each. A person needs nothing but `gunzip` and `sha256sum`.
 */
export class FolderArchive implements DocumentArchive {
  readonly dir: string;
  #byHash: ByHash | undefined;

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * Keep documents of one day: on disk, to the last byte, when it returns. One that is there already is held against
   * its hash, and written again where it is damaged. Returns the bytes that were written.
   */
  keep(day: string, documents: readonly KeptDocument[]): number {
    const folder = join(this.dir, day);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const listed = new Set(linesOf(folder).map(idOf));
    let written = 0;
    for (const { bytes, ...entry } of documents) {
      const file = join(folder, `${entry.sha256}.gz`);
      if (readBack(file, entry.sha256) === undefined) {
        const zipped = gzipSync(bytes, { level: 9 });
        writeSafely(file, zipped);
        written += zipped.byteLength;
      }
      if (readBack(file, entry.sha256) === undefined)
        throw new Error(`${file}: does not hold the bytes that were written; is the disk sound?`);
      if (!listed.has(idOf(entry))) append(join(folder, INDEX), `${JSON.stringify(entry)}\n`);
      listed.add(idOf(entry));
    }
    // also where nothing was new: who wrote it may have been killed before it was on disk
    for (const path of [join(folder, INDEX), folder, this.dir, dirname(this.dir)])
      if (existsSync(path)) syncToDisk(path);
    this.#byHash = undefined;
    return written;
  }

  /** The documents with these bytes, and the bytes; undefined when there is none, or it is damaged. */
  find(sha256: string): { readonly entries: readonly BundleDocument[]; readonly bytes: Uint8Array } | undefined {
    this.#byHash ??= this.#readIndex();
    const known = this.#byHash.get(sha256);
    if (known === undefined) return undefined;
    const bytes = readBack(join(this.dir, known.day, `${sha256}.gz`), sha256);
    return bytes === undefined ? undefined : { entries: known.entries, bytes };
  }

  #readIndex(): ByHash {
    const byHash: ByHash = new Map();
    const days = existsSync(this.dir) ? readdirSync(this.dir).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)) : [];
    for (const day of days.toSorted())
      for (const entry of linesOf(join(this.dir, day))) {
        const known = byHash.get(entry.sha256);
        if (known === undefined) byHash.set(entry.sha256, { day, entries: [entry] });
        else known.entries.push(entry);
      }
    return byHash;
  }
}

function idOf({ source, documentId, sha256 }: BundleDocument): string {
  return JSON.stringify([source, documentId, sha256]);
}

/** A line that was cut off by a crash is no entry: what it meant is kept again. */
function linesOf(folder: string): BundleDocument[] {
  const file = join(folder, INDEX);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const entry = JSON.parse(line) as BundleDocument;
        return typeof entry.sha256 === "string" && /^[0-9a-f]{64}$/.test(entry.sha256) ? [entry] : [];
      } catch {
        return [];
      }
    });
}

function readBack(file: string, sha256: string): Uint8Array | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const bytes = gunzipSync(readFileSync(file));
    return createHash("sha256").update(bytes).digest("hex") === sha256 ? bytes : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("Z_") === true) return undefined;
    throw error;
  }
}

function writeSafely(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeDurably(draft, "w", bytes);
  renameSync(draft, file);
}

/** A line that was cut off before stays alone on its own. */
function append(file: string, line: string): void {
  const isCut = existsSync(file) && !readFileSync(file, "utf8").endsWith("\n");
  writeDurably(file, "a", Buffer.from(isCut ? `\n${line}` : line));
}
