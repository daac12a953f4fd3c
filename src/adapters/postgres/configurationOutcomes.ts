import type { SitePlan } from "../../domain/decision/model.ts";
import type { ConfigurationOutcome, ConfigurationOutcomes } from "../../ports/configurationOutcomes.ts";
import { ADVISORY_LOCKS } from "./advisoryLocks.ts";
import { type Pool, query } from "./pool.ts";
import { whileAlone } from "./whileAlone.ts";

/**
 * Outcomes of configurations, and plans, in PostgreSQL. @throws Error, when used, where what was just kept cannot be
 * read back
 */
export function postgresConfigurationOutcomes(pool: Pool): ConfigurationOutcomes {
  return {
    async settle(siteId, { requestId, planHash }, outcome) {
      await query(
        pool,
        `INSERT INTO configuration_outcome (site_id, request_id, plan_hash, outcome) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING`,
        [siteId, requestId, planHash, outcome],
      );
      const [kept] = await query<{ outcome: ConfigurationOutcome }>(
        pool,
        `SELECT outcome FROM configuration_outcome WHERE site_id = $1 AND request_id = $2`,
        [siteId, requestId],
      );
      if (kept === undefined) throw new Error(`The outcome of ${requestId} at ${siteId} was kept and is not there.`);
      return kept.outcome;
    },

    async newestAccepted(siteId) {
      const [row] = await query<{ request_id: string; plan_hash: string }>(
        pool,
        `SELECT request_id, plan_hash FROM configuration_outcome WHERE site_id = $1 AND outcome = 'accepted'
          ORDER BY outcome_no DESC LIMIT 1`,
        [siteId],
      );
      return row && { requestId: row.request_id, planHash: row.plan_hash };
    },

    async keepPlan(plan, planHash) {
      await query(pool, `INSERT INTO site_plan (site_id, plan_hash, plan) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
        plan.siteId,
        planHash,
        JSON.stringify(plan),
      ]);
    },

    async plan(siteId, planHash) {
      const [row] = await query<{ plan: SitePlan }>(
        pool,
        `SELECT plan FROM site_plan WHERE site_id = $1 AND plan_hash = $2`,
        [siteId, planHash],
      );
      return row?.plan;
    },
  };
}

/**
 * Does one change of a site's configuration while nobody else does one; "busy", with nothing done, when somebody does.
 * @throws what `work` throws; PortUnavailableError when the database is away
 */
export async function whileApplyingAlone<T>(pool: Pool, work: () => Promise<T>): Promise<T | "busy"> {
  return whileAlone(pool, ADVISORY_LOCKS.apply, work);
}
