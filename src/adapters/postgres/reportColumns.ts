import { createHash } from "node:crypto";
import { columnDrift } from "../../domain/market/columnDrift.ts";
import type { MarketStore } from "../../ports/marketStore.ts";
import { type Pool, query } from "./pool.ts";

/**
 * Notes each set of columns of a source's kind of document once. Two processes that meet a new one at the same time
 * note it once. What this process has met before is not asked for again.
 */
export function columnNotes(pool: Pool): MarketStore["noteColumns"] {
  const met = new Set<string>();
  return async ({ source, documentId, fetchedAt }, contentHash, { kind, names }) => {
    const columnsHash = createHash("sha256").update(names.join("\n")).digest("hex");
    const key = `${source} ${kind} ${columnsHash}`;
    if (met.has(key)) return undefined;
    const [before] = await query<{ columns: string[] }>(
      pool,
      `SELECT columns FROM report_columns WHERE source = $1 AND document_kind = $2
        ORDER BY fetched_at DESC, columns_hash LIMIT 1`,
      [source, kind],
    );
    const drift = before && columnDrift(before.columns, names);
    const noted = await query(
      pool,
      `INSERT INTO report_columns (source, document_kind, columns_hash, columns, document_id, content_hash,
         fetched_at, added, removed, moved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT DO NOTHING RETURNING source`,
      [
        source,
        kind,
        columnsHash,
        names,
        documentId,
        contentHash,
        fetchedAt,
        drift?.added ?? null,
        drift?.removed ?? null,
        drift?.moved ?? null,
      ],
    );
    met.add(key);
    return noted.length === 0 ? undefined : drift;
  };
}
