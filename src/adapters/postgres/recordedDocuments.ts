import type { OperatingDay } from "../../domain/market/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
import { type DocumentRow, documentOf } from "./documentRow.ts";
import { type Pool, query } from "./pool.ts";

/**
 * Documents that were fetched from `from` to before `to`, and those fetched before that have a value of the operating
 * day; in the order of fetching. @throws PortUnavailableError when the database is away.
 */
export async function recordedDocuments(
  pool: Pool,
  { operatingDay, from, to }: { readonly operatingDay: OperatingDay; readonly from: Instant; readonly to: Instant },
  archive?: DocumentArchive,
): Promise<readonly KeptDocument[]> {
  const rows = await query<DocumentRow>(
    pool,
    `SELECT source, document_id, content_hash, content_type, fetched_at, published_at, published_or_at, bytes, encoding
       FROM raw_document
      WHERE source NOT LIKE '%#unreadable' AND fetched_at < $2
        AND (fetched_at >= $1 OR content_hash IN (SELECT content_hash FROM market_observation
          WHERE value_key LIKE $3 || '/%'))
      ORDER BY fetched_at, source, length(document_id), document_id`,
    [from, to, operatingDay],
  );
  return rows.map((row) => documentOf(row, archive));
}
