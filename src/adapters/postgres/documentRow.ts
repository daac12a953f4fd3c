import type { BundleDocument } from "../../domain/evidence/ledgers.ts";
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
  readonly bytes: Buffer;
}

/** The document of a row. */
export function documentOf(row: DocumentRow): BundleDocument & { readonly bytes: Uint8Array } {
  return {
    sha256: row.content_hash,
    source: row.source,
    documentId: row.document_id,
    contentType: row.content_type,
    fetchedAt: instantOf(row.fetched_at),
    publishedAt: row.published_at === null ? undefined : instantOf(row.published_at),
    publishedOrAt: row.published_or_at === null ? undefined : instantOf(row.published_or_at),
    bytes: row.bytes,
  };
}
