import { type Freeze, freezesAfter } from "../../domain/inputs/freezes.ts";
import type { CommandFreezes } from "../../ports/commandFreezes.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";
import type { SiteId } from "../../domain/units/ids.ts";

interface FreezeRow {
  request_id: string;
  cohort_id: string | null;
  kind: "freeze" | "thaw";
  actor: string;
  reason: string;
  at: Date;
}

/** Freezes and thaws of commands in PostgreSQL. */
export function postgresCommandFreezes(pool: Pool): CommandFreezes {
  return {
    async keep(siteId, { id, kind, cohortId, actor, reason, at }) {
      await query(
        pool,
        `INSERT INTO command_freeze (site_id, request_id, cohort_id, kind, actor, reason, at)
          VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [siteId, id, cohortId, kind, actor, reason, at],
      );
    },

    inForce: (siteId) => freezesInForce(pool, siteId),
  };
}

/** The freezes in force: the newest word on each cohort and on the site; a retired site is frozen for good. */
export async function freezesInForce(on: Pool | PoolClient, siteId: SiteId): Promise<readonly Freeze[]> {
  const rows = await query<FreezeRow>(
    on,
    `SELECT request_id, cohort_id, kind, actor, reason, at FROM (
       SELECT 1 AS turn, freeze_no, request_id, cohort_id, kind, actor, reason, at FROM (
         SELECT DISTINCT ON (cohort_id) * FROM command_freeze WHERE site_id = $1 ORDER BY cohort_id, freeze_no DESC
       ) newest
       UNION ALL
       SELECT 2, change_no, 'retired/' || site_id, NULL, 'freeze', actor, 'retired: ' || reason, at
         FROM site_change WHERE site_id = $1 AND kind = 'retired'
     ) words ORDER BY turn, freeze_no`,
    [siteId],
  );
  return rows.reduce<readonly Freeze[]>(
    (freezes, { request_id: id, cohort_id, kind, actor, reason, at }) =>
      freezesAfter(freezes, { id, kind, cohortId: cohort_id ?? undefined, actor, reason, at: instantOf(at) }),
    [],
  );
}
