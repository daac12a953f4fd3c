import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { BundleDocument } from "../../domain/evidence/ledgers.ts";
import type { Archived, DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
import { syncToDisk, writeDurably } from "./durably.ts";
import { readRegular } from "./readRegular.ts";

const INDEX = "index.jsonl";
const DRAFT = ".tmp";
/** Far above any document: what claims to be longer is no document of a market. */
const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;

/** The documents of a hash, and the days in whose folders its bytes lie. */
interface Listed {
  readonly days: string[];
  readonly entries: BundleDocument[];
}

/**
 * An archive of market documents: a folder a day (UTC) of fetching, in it each document gzipped under the SHA-256 of
 * its bytes, and `index.jsonl` with a line for each. A person needs nothing but `gunzip` and `sha256sum`. One process
 * writes at a time.
 */
export class FolderArchive implements DocumentArchive {
  readonly dir: string;
  #byHash: ReadonlyMap<string, Listed> | undefined;
  /** Of indexes that cannot be read. */
  #unread: readonly string[] = [];

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * Keep documents of one day, whose bytes are those of their hash: on disk, to the last byte, when it returns. One
   * that is there already is held against its hash, and written again where it is damaged. Returns the bytes that were
   * written. @throws Error of the file system; what an interrupted one left is begun anew
   */
  keep(day: string, documents: readonly KeptDocument[]): number {
    const folder = join(this.dir, day);
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) syncToDisk(dirname(made));
    for (const name of readdirSync(folder)) if (name.endsWith(DRAFT)) rmSync(join(folder, name), { force: true });
    const { entries, isCut, problem } = readIndex(folder);
    if (problem !== undefined)
      throw new Error(`${join(folder, INDEX)} ${problem}; expected the file as it was written`);
    const listed = new Set(entries.map(idOf));
    const lines: string[] = [];
    let written = 0;
    for (const { bytes, ...entry } of documents) {
      const file = join(folder, `${entry.sha256}.gz`);
      if ("problem" in readBack(file, entry.sha256)) {
        const zipped = gzipSync(bytes, { level: 9 });
        writeSafely(file, zipped);
        written += zipped.byteLength;
        const kept = readBack(file, entry.sha256);
        if ("problem" in kept) throw new Error(`${file} ${kept.problem} as soon as it is written; is the disk sound?`);
      }
      if (!listed.has(idOf(entry))) lines.push(`${JSON.stringify(entry)}\n`);
      listed.add(idOf(entry));
    }
    // a line that was cut off before stays alone on its own
    if (lines.length > 0) writeDurably(join(folder, INDEX), "a", Buffer.from(`${isCut ? "\n" : ""}${lines.join("")}`));
    // also where nothing was new: who wrote it may have been killed before it was on disk
    for (const path of [join(folder, INDEX), folder, this.dir]) if (existsSync(path)) syncToDisk(path);
    this.#byHash = undefined;
    return written;
  }

  find(sha256: string): Archived {
    this.#byHash ??= this.#readIndexes();
    const known = this.#byHash.get(sha256);
    if (known === undefined) return { problem: [`no index in ${this.dir} lists it`, ...this.#unread].join("; ") };
    const problems: string[] = [];
    for (const day of known.days) {
      const file = join(this.dir, day, `${sha256}.gz`);
      const found = readBack(file, sha256);
      if ("bytes" in found) return { entries: known.entries, bytes: found.bytes };
      problems.push(`${file} ${found.problem}`);
    }
    return { problem: problems.join("; ") };
  }

  #readIndexes(): ReadonlyMap<string, Listed> {
    const byHash = new Map<string, Listed>();
    const unread: string[] = [];
    const days = existsSync(this.dir) ? readdirSync(this.dir).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)) : [];
    for (const day of days.toSorted()) {
      const { entries, problem } = readIndex(join(this.dir, day));
      if (problem !== undefined) unread.push(`${join(this.dir, day, INDEX)} ${problem}`);
      for (const entry of entries) {
        const known = byHash.get(entry.sha256);
        if (known === undefined) byHash.set(entry.sha256, { days: [day], entries: [entry] });
        else {
          if (!known.days.includes(day)) known.days.push(day);
          if (!known.entries.some((one) => idOf(one) === idOf(entry))) known.entries.push(entry);
        }
      }
    }
    this.#unread = unread;
    return byHash;
  }
}

function idOf({ source, documentId, sha256 }: BundleDocument): string {
  return JSON.stringify([source, documentId, sha256]);
}

/** A line that was cut off by a crash is no entry: what it meant is kept again. */
function readIndex(folder: string): { entries: BundleDocument[]; isCut?: boolean; problem?: string } {
  const index = readRegular(join(folder, INDEX));
  if ("problem" in index) return { entries: [], problem: index.isAbsent ? undefined : index.problem };
  const text = new TextDecoder().decode(index.bytes);
  const entries = text.split("\n").flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      return isEntry(entry) ? [entry] : [];
    } catch {
      return [];
    }
  });
  return { entries, isCut: text !== "" && !text.endsWith("\n") };
}

const TEXTS = ["source", "documentId", "sha256", "contentType", "fetchedAt"] as const;

function isEntry(value: unknown): value is BundleDocument {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Partial<BundleDocument>;
  return TEXTS.every((name) => typeof entry[name] === "string") && /^[0-9a-f]{64}$/.test(entry.sha256 as string);
}

/** The bytes of a document's file, or what is wrong with it. */
function readBack(file: string, sha256: string): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const found = readRegular(file);
  if ("problem" in found) return found;
  try {
    const bytes = gunzipSync(found.bytes, { maxOutputLength: DOCUMENT_BYTES_MAX });
    const digest = createHash("sha256").update(bytes).digest("hex");
    return digest === sha256 ? { bytes } : { problem: `holds other bytes (SHA-256 ${digest})` };
  } catch (error) {
    const { code = "no gzip" } = error as NodeJS.ErrnoException;
    return { problem: `is damaged (${code})` };
  }
}

/** On a disk that takes only a part of it nothing stays, not even the part. */
function writeSafely(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}${DRAFT}`;
  try {
    writeDurably(draft, "w", bytes);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
