import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One document of a recording, with the moments at which it was published and fetched, ms since 1970. */
export interface RecordedDocument {
  /** `mis/12300`, `dashboard/daily-prc` */
  readonly source: string;
  readonly documentId: string;
  readonly contentType: string;
  /** Absent for a page, which does not say. */
  readonly publishedMs?: number;
  /** In the repeated hour: the other moment that the list's stamp may mean, later. */
  readonly publishedOrMs?: number;
  readonly fetchedMs: number;
  readonly bytes: Uint8Array;
}

/** A recording as it lies in a folder. */
export interface Recording {
  /** `YYYY-MM-DD`, an operating day. */
  readonly operatingDay: string;
  /** In the order of fetching. */
  readonly documents: readonly RecordedDocument[];
}

/** A recording that cannot be replayed: which file, what was expected, what it holds. */
export class RecordingError extends Error {
  override name = "RecordingError";
}

const SCHEMA = "ballast.recording/1";
const FILE_NAME = /^documents\/[0-9a-f]{64}$/;

/**
 * A recording by its `manifest.json`, every document held against its SHA-256.
 * @throws RecordingError for a folder that is none, and for a document that is missing or another
 */
export function readRecording(folder: string): Recording {
  const manifest = manifestOf(folder);
  const wrong = (what: string): never => {
    throw new RecordingError(`${join(folder, "manifest.json")}: ${what}`);
  };
  if (manifest["schema"] !== SCHEMA) wrong(`expected schema "${SCHEMA}", found ${JSON.stringify(manifest["schema"])}`);
  const { operatingDay, documents } = manifest;
  if (typeof operatingDay !== "string" || !isDay(operatingDay))
    return wrong(`expected operatingDay, an existing day as YYYY-MM-DD, found ${JSON.stringify(operatingDay)}`);
  if (!Array.isArray(documents) || documents.length === 0) return wrong("expected documents, a list that is not empty");
  return {
    operatingDay,
    documents: documents.map((entry: unknown, i) => {
      const of = (name: string): string => {
        const value = (entry as Record<string, unknown> | null)?.[name];
        return typeof value === "string" ? value : wrong(`documents[${i}]: expected text ${name}`);
      };
      const msOf = (name: string): number => {
        const ms = Date.parse(of(name));
        return Number.isNaN(ms) ? wrong(`documents[${i}].${name}: expected an instant, found "${of(name)}"`) : ms;
      };
      const has = (name: string): boolean => (entry as Record<string, unknown> | null)?.[name] !== undefined;
      return {
        source: of("source"),
        documentId: of("documentId"),
        contentType: of("contentType"),
        ...(has("publishedAt") ? { publishedMs: msOf("publishedAt") } : {}),
        ...(has("publishedOrAt") ? { publishedOrMs: msOf("publishedOrAt") } : {}),
        fetchedMs: msOf("fetchedAt"),
        bytes: bytesOf(folder, of("file"), of("sha256")),
      };
    }),
  };
}

function isDay(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // JavaScript takes February 30 for March 2
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function manifestOf(folder: string): Record<string, unknown> {
  const file = join(folder, "manifest.json");
  try {
    if (!lstatSync(file).isFile()) throw new Error("no regular file");
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    throw new SyntaxError("no object");
  } catch (cause) {
    throw new RecordingError(
      `${file}: cannot be read (${(cause as Error).message}); expected the folder that ballast record wrote`,
      { cause },
    );
  }
}

function bytesOf(folder: string, file: string, sha256: string): Uint8Array {
  const path = join(folder, file);
  if (!FILE_NAME.test(file)) throw new RecordingError(`${folder}: expected files in documents/, found "${file}"`);
  let bytes: Buffer;
  try {
    // a pipe would hold the reader forever, a link leads out of the folder
    if (!lstatSync(path).isFile()) throw new RecordingError(`${path}: expected a regular file`);
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    throw new RecordingError(`${path}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) throw new RecordingError(`${path}: expected bytes with SHA-256 ${sha256}, found ${found}`);
  return bytes;
}
