import type { StopContact } from "../../domain/inputs/stopContact.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { KeptStopInput, StopInputs } from "../../ports/stopInputs.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

interface StopInputRow {
  readonly input_id: string;
  readonly state: StopContact["state"];
  readonly since: Date;
  readonly looked_at: Date;
  readonly answered_at: Date | null;
  readonly problem: string | null;
  readonly asked_since: Date | null;
  readonly asked_at: Date | null;
  readonly is_decided: boolean;
  readonly kept_seconds_ago: number;
}

/** Stop inputs in PostgreSQL. */
export function postgresStopInputs(pool: Pool): StopInputs {
  return {
    all: (siteId) => stopInputsOf(pool, siteId),

    async keep(siteId, inputId, { state, since, lookedAt, answeredAt, problem }) {
      await query(
        pool,
        `INSERT INTO stop_input (site_id, input_id, state, since, looked_at, answered_at, problem)
          VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (site_id, input_id) DO UPDATE SET state = excluded.state,
          since = excluded.since, looked_at = excluded.looked_at, answered_at = excluded.answered_at,
          problem = excluded.problem, noted_at = now()`,
        [siteId, inputId, state, since, lookedAt, answeredAt, problem],
      );
    },

    async asking(siteId, inputId, { since, askedAt, isDecided }) {
      await query(
        pool,
        `UPDATE stop_input SET asked_since = $3, asked_at = $4, is_decided = $5 WHERE site_id = $1 AND input_id = $2`,
        [siteId, inputId, since, askedAt, isDecided],
      );
    },
  };
}

/** Every stop input of a site that was ever looked at, by name. */
export async function stopInputsOf(on: Pool | PoolClient, siteId: SiteId): Promise<readonly KeptStopInput[]> {
  const rows = await query<StopInputRow>(
    on,
    `SELECT input_id, state, since, looked_at, answered_at, problem, asked_since, asked_at, is_decided,
      extract(epoch FROM now() - noted_at)::float8 AS kept_seconds_ago
      FROM stop_input WHERE site_id = $1 ORDER BY input_id`,
    [siteId],
  );
  return rows.map((row) => ({
    inputId: row.input_id,
    contact: {
      state: row.state,
      since: instantOf(row.since),
      lookedAt: instantOf(row.looked_at),
      ...(row.answered_at === null ? {} : { answeredAt: instantOf(row.answered_at) }),
      ...(row.problem === null ? {} : { problem: row.problem }),
    },
    keptSecondsAgo: row.kept_seconds_ago,
    ...(row.asked_since === null || row.asked_at === null
      ? {}
      : {
          asked: {
            since: instantOf(row.asked_since),
            askedAt: instantOf(row.asked_at),
            isDecided: row.is_decided,
          },
        }),
  }));
}
