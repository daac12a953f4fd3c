import type { UnreadMeter } from "../../ports/siteRecords.ts";
import { instantOf, type PoolClient, query } from "./pool.ts";
import type { MeterId, SiteId } from "../../domain/units/ids.ts";

/**
 * Those of a site's meters whose register was not read at its newest boundary, one that any of them has a row for.
 * @throws PortUnavailableError when the database is away.
 */
export async function unreadMeters(
  on: PoolClient,
  siteId: SiteId,
  meterIds: readonly MeterId[],
): Promise<UnreadMeter[]> {
  const rows = await query<{ meter_id: string; newest_at: Date | null; last_read_at: Date | null }>(
    on,
    `SELECT m AS meter_id, newest.boundary_at AS newest_at, last_read.boundary_at AS last_read_at
       FROM unnest($2::text[]) AS m
       LEFT JOIN LATERAL (SELECT boundary_at FROM meter_register WHERE site_id = $1 AND meter_id = m
         ORDER BY boundary_at DESC LIMIT 1) AS newest ON true
       LEFT JOIN LATERAL (SELECT boundary_at FROM meter_register WHERE site_id = $1 AND meter_id = m AND
         register_wh IS NOT NULL ORDER BY boundary_at DESC LIMIT 1) AS last_read ON true`,
    [siteId, meterIds],
  );
  const boundaryAt = rows
    .flatMap((row) => (row.newest_at === null ? [] : [instantOf(row.newest_at)]))
    .toSorted()
    .at(-1);
  if (boundaryAt === undefined) return [];
  return rows
    .map((row) => ({
      meterId: row.meter_id,
      boundaryAt,
      lastReadAt: row.last_read_at === null ? undefined : instantOf(row.last_read_at),
    }))
    .filter(({ lastReadAt }) => lastReadAt !== boundaryAt);
}
