import type { Instant } from "../../domain/units/instant.ts";
import type { KeptDocument } from "../../ports/documentArchive.ts";
import { type DocumentRow, documentOf } from "./documentRow.ts";
import { type Pool, query } from "./pool.ts";

/** At a time in memory, and in one transaction. */
const BATCH = 200;
const UNREADABLE = "#unreadable";

/**
 * Documents with their bytes in the database that were fetched before their source's moment, or before that of the
 * others; the oldest, a batch of them. One that could not be read goes with its source. @throws PortUnavailableError
 */
export async function documentsToArchive(
  pool: Pool,
  before: ReadonlyMap<string, Instant>,
  beforeOfOthers: Instant,
): Promise<readonly KeptDocument[]> {
  const rows = await query<DocumentRow>(
    pool,
    `SELECT source, document_id, content_hash, content_type, fetched_at, published_at, published_or_at, bytes, encoding
       FROM raw_document LEFT JOIN unnest($1::text[], $2::timestamptz[]) AS kept (of_source, before)
         ON kept.of_source = replace(source, '${UNREADABLE}', '')
      WHERE bytes IS NOT NULL AND fetched_at < CASE WHEN kept.before IS NULL THEN $3 ELSE kept.before END
      ORDER BY fetched_at, source, document_id LIMIT ${BATCH}`,
    [[...before.keys()], [...before.values()], beforeOfOthers],
  );
  return rows.map((row) => documentOf(row));
}

/** Their bytes leave the database. @throws PortUnavailableError when it is away */
export async function markArchived(pool: Pool, documents: readonly KeptDocument[], at: Instant): Promise<void> {
  await query(
    pool,
    `UPDATE raw_document SET bytes = NULL, archived_at = $4
       FROM unnest($1::text[], $2::text[], $3::text[]) AS gone (source, document_id, content_hash)
      WHERE raw_document.source = gone.source AND raw_document.document_id = gone.document_id
        AND raw_document.content_hash = gone.content_hash AND bytes IS NOT NULL`,
    [
      documents.map(({ source }) => source),
      documents.map(({ documentId }) => documentId),
      documents.map(({ sha256 }) => sha256),
      at,
    ],
  );
}
