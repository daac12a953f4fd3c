import { type SafetyStop, type StopInput, stopsAfter } from "../../domain/inputs/safetyStops.ts";
import type { SafetyStops } from "../../ports/safetyStops.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

/** Safety stops in PostgreSQL. */
export function postgresSafetyStops(pool: Pool): SafetyStops {
  return {
    keep: (siteId, input) => keepStop(pool, siteId, input),
    inForce: (siteId) => stopsInForce(pool, siteId),
  };
}

/** Keeps a stop or its end, once under its id. @throws PortUnavailableError when the database is away */
export async function keepStop(
  on: Pool | PoolClient,
  siteId: SiteId,
  { id, kind, cohortId, actor, reason, at }: StopInput,
): Promise<void> {
  await query(
    on,
    `INSERT INTO safety_stop (site_id, request_id, cohort_id, kind, actor, reason, at)
      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [siteId, id, cohortId, kind, actor, reason, at],
  );
}

/**
 * Stops in force at a site: the newest word on each cohort and on the site. @throws PortUnavailableError when the
 * database is away
 */
export async function stopsInForce(on: Pool | PoolClient, siteId: SiteId): Promise<readonly SafetyStop[]> {
  const rows = await query<{
    request_id: string;
    cohort_id: string | null;
    kind: StopInput["kind"];
    actor: string;
    reason: string;
    at: Date;
  }>(
    on,
    `SELECT request_id, cohort_id, kind, actor, reason, at FROM (
       SELECT DISTINCT ON (cohort_id) * FROM safety_stop WHERE site_id = $1 ORDER BY cohort_id, stop_no DESC
     ) newest ORDER BY stop_no`,
    [siteId],
  );
  return rows.reduce<readonly SafetyStop[]>(
    (stops, { request_id: id, cohort_id, kind, actor, reason, at }) =>
      stopsAfter(stops, { id, kind, cohortId: cohort_id ?? undefined, actor, reason, at: instantOf(at) }),
    [],
  );
}
