import type { Instant } from "../../domain/units/instant.ts";
import { type Pool, query } from "./pool.ts";

/** Who took a site into a book, and why. */
export interface SiteAddition {
  readonly siteId: string;
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
