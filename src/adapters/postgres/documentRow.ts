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
  const { source, document_id: documentId, content_hash: sha256, bytes } = row;
  const kept = bytes === null ? archive?.find(sha256)?.bytes : unpacked(row.encoding, bytes);
  if (kept === undefined)
    throw new PortDataError(
      `${source} document ${documentId} has left the database, and the archive holds no bytes with SHA-256 ` +
        `${sha256}; give the folder that ballast archive wrote`,
    );
  return {
    sha256,
    source,
    documentId,
    contentType: row.content_type,
    fetchedAt: instantOf(row.fetched_at),
    publishedAt: row.published_at === null ? undefined : instantOf(row.published_at),
    publishedOrAt: row.published_or_at === null ? undefined : instantOf(row.published_or_at),
    bytes: kept,
  };
}
