import type { DecisionRecord } from "../../domain/decision/model.ts";
import { currentRecord } from "../../domain/decision/schema1.ts";
import type { KeptRecord } from "../../domain/decision/schema1.ts";
import { type Pool, query } from "./pool.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { Instant } from "../../domain/units/instant.ts";

/**
 * One decision of a site as it was recorded; undefined when there is none of that number.
 * @throws PortUnavailableError when the database is away.
 */
export async function decisionRecord(
  pool: Pool,
  siteId: SiteId,
  sequence: number,
): Promise<DecisionRecord | undefined> {
  const [row] = await query<{ record: KeptRecord }>(
    pool,
    `SELECT record FROM decision WHERE site_id = $1 AND sequence = $2`,
    [siteId, sequence],
  );
  return row && currentRecord(row.record);
}

/**
 * The decision that stood at an instant, the newest where none is given; undefined before a site's first.
 * @throws PortUnavailableError when the database is away.
 */
export async function decisionAt(pool: Pool, siteId: SiteId, at?: Instant): Promise<DecisionRecord | undefined> {
  const [row] = await query<{ record: KeptRecord }>(
    pool,
    `SELECT record FROM decision WHERE site_id = $1 AND ($2::timestamptz IS NULL OR as_of <= $2)
      ORDER BY sequence DESC LIMIT 1`,
    [siteId, at ?? null],
  );
  return row && currentRecord(row.record);
}
