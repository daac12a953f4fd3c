import { createHash } from "node:crypto";
import { columnDrift } from "../../domain/market/columnDrift.ts";
import type { MarketStore } from "../../ports/marketStore.ts";
import { type Pool, query } from "./pool.ts";

/**
 * Notes each set of columns of a source once. Two processes that meet a new one at the same time note it once. What
 * this process has met before is not asked for again.
 */
export function columnNotes(pool: Pool): MarketStore["noteColumns"] {
  const met = new Set<string>();
  return async ({ source, documentId, fetchedAt }, contentHash, columns) => {
    const columnsHash = createHash("sha256").update(columns.join("\n")).digest("hex");
    const key = `${source} ${columnsHash}`;
    if (met.has(key)) return undefined;
    const [before] = await query<{ columns: string[] }>(
      pool,
      `SELECT columns FROM report_columns WHERE source = $1 ORDER BY fetched_at DESC, columns_hash LIMIT 1`,
      [source],
    );
    const drift = before && columnDrift(before.columns, columns);
    const noted = await query(
      pool,
      `INSERT INTO report_columns (source, columns_hash, columns, document_id, content_hash, fetched_at, added, removed,
         moved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING source`,
      [
        source,
        columnsHash,
        columns,
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
