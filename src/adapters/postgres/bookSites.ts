import type { SiteId } from "../../domain/units/ids.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { Retirement, Retirements } from "../../ports/retirements.ts";
import { instantOf, type Pool, query } from "./pool.ts";

/** Who took a site into a book, and why. */
export interface SiteAddition {
  readonly siteId: SiteId;
  readonly actor: string;
  readonly reason: string;
  /** Market time. */
  readonly at: Instant;
}

/** The id of the database's ledger. @throws PortUnavailableError when the database is away */
export async function ledgerIdOf(pool: Pool): Promise<string> {
  const [row] = await query<{ ledger_id: string }>(pool, "SELECT ledger_id FROM book", []);
  if (row === undefined) throw new Error("the database holds no book: start it first");
  return row.ledger_id;
}

/** Records that a site is in the book, once. @throws PortUnavailableError when the database is away */
export async function recordAddition(pool: Pool, { siteId, actor, reason, at }: SiteAddition): Promise<void> {
  await query(
    pool,
    `INSERT INTO site_change (site_id, kind, actor, reason, at)
     SELECT $1, 'added', $2, $3, $4 WHERE NOT EXISTS (SELECT FROM site_change WHERE site_id = $1)`,
    [siteId, actor, reason, at],
  );
}

interface RetiredRow {
  site_id: string;
  actor: string;
  reason: string;
  at: Date;
}

const RETIRED = "SELECT site_id, actor, reason, at FROM site_change WHERE kind = 'retired'";

/** Retirements in the database of a book. */
export function postgresRetirements(pool: Pool): Retirements {
  return {
    async keep({ siteId, actor, reason, at }) {
      await query(
        pool,
        `INSERT INTO site_change (site_id, kind, actor, reason, at)
         SELECT $1, 'retired', $2, $3, $4
          WHERE NOT EXISTS (SELECT FROM site_change WHERE site_id = $1 AND kind = 'retired')`,
        [siteId, actor, reason, at],
      );
    },

    async of(siteId) {
      const rows = await query<RetiredRow>(pool, `${RETIRED} AND site_id = $1 ORDER BY change_no LIMIT 1`, [siteId]);
      return rows.map(retirementOf)[0];
    },
  };
}

/** Every retirement on record, oldest first. @throws PortUnavailableError when the database is away */
export async function retirementsOnRecord(pool: Pool): Promise<readonly Retirement[]> {
  return (await query<RetiredRow>(pool, `${RETIRED} ORDER BY change_no`, [])).map(retirementOf);
}

function retirementOf({ site_id, actor, reason, at }: RetiredRow): Retirement {
  return { siteId: site_id, actor, reason, at: instantOf(at) };
}
