import type { Instant } from "../../domain/units/instant.ts";
import type { KeptDocument } from "../../ports/documentArchive.ts";
import { type DocumentRow, documentOf } from "./documentRow.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

/** At a time in memory, and in one transaction. */
const BATCH = 200;
const UNREADABLE = "#unreadable";

/** A document whose bytes in the database cannot be read, and why. */
export interface DamagedDocument {
  readonly source: string;
  readonly documentId: string;
  readonly problem: string;
}

/**
 * Documents with their bytes in the database of these sources, as `oldestInDatabase` names them, that were fetched
 * before the moment of theirs; a batch of them, the oldest behind the first `skipped`. @throws PortUnavailableError
 */
export async function documentsToArchive(
  on: Pool | PoolClient,
  before: ReadonlyMap<string, Instant>,
  skipped = 0,
): Promise<readonly (KeptDocument | DamagedDocument)[]> {
  const rows = await query<DocumentRow>(
    on,
    `SELECT document.* FROM unnest($1::text[], $2::timestamptz[]) AS old (of_source, before), LATERAL (
       SELECT source, document_id, content_hash, content_type, fetched_at, published_at, published_or_at, bytes,
              encoding
         FROM raw_document WHERE bytes IS NOT NULL AND source = of_source AND fetched_at < before
        ORDER BY fetched_at, document_id, content_hash LIMIT $3 + ${BATCH}) AS document
      ORDER BY fetched_at, source, document_id, content_hash LIMIT ${BATCH} OFFSET $3`,
    [[...before.keys()], [...before.values()], skipped],
  );
  return rows.map((row) => {
    try {
      return documentOf(row);
    } catch (error) {
      return { source: row.source, documentId: row.document_id, problem: (error as Error).message };
    }
  });
}

/** Their bytes leave the database. @throws PortUnavailableError when it is away */
export async function markArchived(
  on: Pool | PoolClient,
  documents: readonly KeptDocument[],
  at: Instant,
): Promise<void> {
  await query(
    on,
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

/**
 * When the oldest document of each source whose bytes are in the database was fetched; a source whose documents its
 * feed could not read is one of its own. @throws PortUnavailableError when the database is away
 */
export async function oldestInDatabase(on: Pool | PoolClient): Promise<ReadonlyMap<string, Instant>> {
  const rows = await query<{ source: string; fetched_at: Date }>(
    on,
    // from one source to the next by the index: a scan would read every row
    `WITH RECURSIVE oldest AS (
       (SELECT source, fetched_at FROM raw_document WHERE bytes IS NOT NULL ORDER BY source, fetched_at LIMIT 1)
       UNION ALL
       SELECT later.* FROM oldest, LATERAL (SELECT document.source, document.fetched_at FROM raw_document AS document
         WHERE bytes IS NOT NULL AND document.source > oldest.source
         ORDER BY document.source, document.fetched_at LIMIT 1) AS later)
     SELECT source, fetched_at FROM oldest`,
  );
  return new Map(rows.map(({ source, fetched_at }) => [source, instantOf(fetched_at)]));
}

/** The source whose feed a document was read for, or could not be read by. */
export function feedOf(source: string): string {
  return source.endsWith(UNREADABLE) ? source.slice(0, -UNREADABLE.length) : source;
}

/** SHA-256 (hex) of what left the database last, a few. @throws PortUnavailableError when the database is away */
export async function lastArchived(on: Pool | PoolClient): Promise<readonly string[]> {
  const rows = await query<{ content_hash: string }>(
    on,
    `SELECT content_hash FROM raw_document WHERE archived_at IS NOT NULL ORDER BY archived_at DESC LIMIT 5`,
  );
  return rows.map(({ content_hash }) => content_hash);
}
