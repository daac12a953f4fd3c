import type { SurveyStore } from "../../ports/surveyStore.ts";
import { instantOf, plannedQuery, type Pool, query } from "./pool.ts";

/** By cohort and machine, W. */
type DrawsW = Record<string, Record<string, number>>;

/** The newest surveys of each site in PostgreSQL. */
export function postgresSurveyStore(pool: Pool): SurveyStore {
  return {
    async keep(siteId, { at, machines }, most) {
      const drew = machines.filter(({ drawsW }) => drawsW > 0);
      const byCohort = [...Map.groupBy(drew, ({ cohortId }) => cohortId)].map(([cohortId, some]) => [
        cohortId,
        Object.fromEntries(some.map(({ machineId, drawsW }) => [machineId, drawsW])),
      ]);
      await plannedQuery(
        pool,
        "keep-survey",
        `WITH newest AS (INSERT INTO fleet_survey (site_id, at, draws_w) VALUES ($1, $2, $3)
           ON CONFLICT (site_id, at) DO UPDATE SET draws_w = excluded.draws_w)
         DELETE FROM fleet_survey WHERE site_id = $1 AND at <> $2 AND at NOT IN
           (SELECT at FROM fleet_survey WHERE site_id = $1 AND at < $2 ORDER BY at DESC LIMIT $4)`,
        [siteId, at, JSON.stringify(Object.fromEntries(byCohort)), most - 1],
      );
    },

    async kept(siteId) {
      const rows = await query<{ at: Date; draws_w: DrawsW }>(
        pool,
        `SELECT at, draws_w FROM fleet_survey WHERE site_id = $1 ORDER BY at`,
        [siteId],
      );
      return rows.map(({ at, draws_w }) => ({
        at: instantOf(at),
        machines: Object.entries(draws_w).flatMap(([cohortId, draws]) =>
          Object.entries(draws).map(([machineId, drawsW]) => ({ machineId, cohortId, drawsW })),
        ),
      }));
    },
  };
}
