import { type MoneyRefusals, type MoneySubject, statementSubject } from "../../ports/moneyRefusals.ts";
import type { MoneyRefusal } from "../../ports/siteRecords.ts";
import { type DueStatement, periodsLeft } from "../../domain/statement/statementsDue.ts";
import { instantOf, type Pool, type PoolClient, query, transaction } from "./pool.ts";
import type { SiteId } from "../../domain/units/ids.ts";

/** Refused settlements and statements in PostgreSQL. The pool is the caller's to end. */
export function postgresMoneyRefusals(pool: Pool): MoneyRefusals {
  return {
    refuse: (what, problem) => keep(pool, what, problem),
    async done({ siteId, subject, states }) {
      await transaction(pool, async (client) => {
        await query(client, `DELETE FROM money_refusal WHERE site_id = $1 AND subject = $2`, [siteId, subject]);
        if (states !== undefined) await keepRest(client, siteId, states);
      });
    },
  };
}

async function keep(
  on: Pool | PoolClient,
  { siteId, subject, again, states }: MoneySubject,
  problem: string,
): Promise<void> {
  const { contractId, period } = states ?? {};
  await query(
    on,
    `INSERT INTO money_refusal (site_id, subject, problem, again, contract_id, period_from, period_to)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (site_id, subject) DO UPDATE SET problem = excluded.problem,
       again = excluded.again, refused_at = now()`,
    [siteId, subject, problem, again, contractId, period?.from, period?.to],
  );
}

/** Refused statements that have days of an issued one: the days that it leaves are refused in their place. */
async function keepRest(client: PoolClient, siteId: SiteId, { contractId, period }: DueStatement): Promise<void> {
  const cut = await query<{ problem: string; subject: string; period_from: string; period_to: string }>(
    client,
    `DELETE FROM money_refusal WHERE site_id = $1 AND contract_id = $2 AND period_from <= $4::date AND
       period_to >= $3::date RETURNING problem, subject, period_from::text, period_to::text`,
    [siteId, contractId, period.from, period.to],
  );
  for (const { problem, period_from, period_to } of cut)
    for (const left of periodsLeft({ from: period_from, to: period_to }, [period]))
      await keep(client, statementSubject(siteId, { contractId, period: left }), problem);
}

/** Refusals of a site that stand, oldest first. @throws PortUnavailableError when the database is away. */
export async function standingRefusals(on: Pool | PoolClient, siteId: SiteId): Promise<MoneyRefusal[]> {
  const rows = await query<{ subject: string; problem: string; again: string; refused_at: Date }>(
    on,
    `SELECT subject, problem, again, refused_at FROM money_refusal WHERE site_id = $1 ORDER BY refused_at, subject`,
    [siteId],
  );
  return rows.map(({ refused_at, ...row }) => ({ ...row, refusedAt: instantOf(refused_at) }));
}
