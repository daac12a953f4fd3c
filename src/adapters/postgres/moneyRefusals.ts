import type { Instant } from "../../domain/units/instant.ts";
import type { MoneyRefusals } from "../../ports/moneyRefusals.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

/** A refusal that stands. */
export interface MoneyRefusal {
  readonly subject: string;
  readonly problem: string;
  readonly again: string;
  readonly refusedAt: Instant;
}

/** Refused settlements and statements in PostgreSQL. The pool is the caller's to end. */
export function postgresMoneyRefusals(pool: Pool): MoneyRefusals {
  return {
    async refuse({ siteId, subject, again }, problem) {
      await query(
        pool,
        `INSERT INTO money_refusal (site_id, subject, problem, again) VALUES ($1, $2, $3, $4) ON CONFLICT (site_id,
          subject) DO UPDATE SET problem = excluded.problem, again = excluded.again, refused_at = now()`,
        [siteId, subject, problem, again],
      );
    },
    async done({ siteId, subject }) {
      await query(pool, `DELETE FROM money_refusal WHERE site_id = $1 AND subject = $2`, [siteId, subject]);
    },
  };
}

/** Refusals of a site that stand, oldest first. @throws PortUnavailableError when the database is away. */
export async function standingRefusals(on: Pool | PoolClient, siteId: string): Promise<MoneyRefusal[]> {
  const rows = await query<{ subject: string; problem: string; again: string; refused_at: Date }>(
    on,
    `SELECT subject, problem, again, refused_at FROM money_refusal WHERE site_id = $1 ORDER BY refused_at, subject`,
    [siteId],
  );
  return rows.map(({ refused_at, ...row }) => ({ ...row, refusedAt: instantOf(refused_at) }));
}
