import type { DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
import { type Encoding, unpacked } from "./packedBytes.ts";
import { PortDataError } from "../../ports/errors.ts";
import { instantOf } from "./pool.ts";

/** A kept document as its table has it. */
export interface DocumentRow {
  readonly source: string;
  readonly document_id: string;
  readonly content_hash: string;
  readonly content_type: string;
  readonly fetched_at: Date;
  readonly published_at: Date | null;
  readonly published_or_at: Date | null;
  /** Null where they are in the archive. */
  readonly bytes: Buffer | null;
  readonly encoding: Encoding;
}

/**
 * The document of a row, its bytes as they came. @throws PortDataError when they are neither in the row nor in the
 * archive
 */
export function documentOf(row: DocumentRow, archive?: DocumentArchive): KeptDocument {
  const { source, document_id: documentId, content_hash: sha256 } = row;
  const kept = bytesOf(row, archive);
  if ("problem" in kept)
    throw new PortDataError(
      `${source} document ${documentId} has left the database, and the archive does not hold it: ${kept.problem}; ` +
        `give the folder that ballast archive wrote, SHA-256 ${sha256}`,
    );
  return {
    sha256,
    source,
    documentId,
    contentType: row.content_type,
    fetchedAt: instantOf(row.fetched_at),
    publishedAt: row.published_at === null ? undefined : instantOf(row.published_at),
    publishedOrAt: row.published_or_at === null ? undefined : instantOf(row.published_or_at),
    bytes: kept.bytes,
  };
}

function bytesOf(
  { bytes, encoding, content_hash: sha256 }: DocumentRow,
  archive?: DocumentArchive,
): { readonly bytes: Uint8Array } | { readonly problem: string } {
  if (bytes !== null) return { bytes: unpacked(encoding, bytes) };
  return archive?.find(sha256) ?? { problem: "none was given" };
}
