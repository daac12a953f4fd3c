import type { DecisionRecord } from "../../domain/decision/model.ts";
import { currentRecord } from "../../domain/decision/schema1.ts";
import type { KeptRecord } from "../../domain/decision/schema1.ts";
import { type Pool, query } from "./pool.ts";
import type { SiteId } from "../../domain/units/ids.ts";

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
