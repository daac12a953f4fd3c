import type { CommandOutcome } from "../../domain/dispatch/model.ts";
import type { BundleDocument, CommandLedgerRow } from "../../domain/evidence/ledgers.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { type DocumentRow, documentOf } from "./documentRow.ts";
import { instantOf, type Pool, query } from "./pool.ts";

/**
 * Commands to a site's machines before an instant, by revision, attempt and machine. @throws PortUnavailableError when
 * the database is away.
 */
export async function loggedCommands(pool: Pool, siteId: SiteId, until: Instant): Promise<CommandLedgerRow[]> {
  const rows = await query<{
    revision: string;
    attempt: number;
    machine_id: string;
    cohort_id: string;
    mode_id: string;
    outcome: string;
    writes: number;
    at: Date;
  }>(
    pool,
    `SELECT revision, attempt, machine_id, cohort_id, mode_id, outcome, writes, at FROM command_log WHERE site_id ` +
      `= $1 AND at < $2 ORDER BY revision, attempt, machine_id`,
    [siteId, until],
  );
  return rows.map((row) => ({
    revision: Number(row.revision),
    attempt: row.attempt,
    machineId: row.machine_id,
    cohortId: row.cohort_id,
    modeId: row.mode_id,
    outcome: row.outcome as CommandOutcome,
    writes: row.writes,
    at: instantOf(row.at),
  }));
}

/**
 * Documents that something was read from: every decision input and every settlement price points at one by its hash.
 * @throws PortUnavailableError when the database is away.
 */
export async function citedDocuments(
  pool: Pool,
  until: Instant,
): Promise<readonly (BundleDocument & { readonly bytes: Uint8Array })[]> {
  const rows = await query<DocumentRow>(
    pool,
    `SELECT source, document_id, content_hash, content_type, fetched_at, published_at, published_or_at, bytes
       FROM raw_document
      WHERE fetched_at < $1 AND source NOT LIKE '%#unreadable' AND content_hash IN (SELECT content_hash FROM
        market_observation) ORDER BY fetched_at, source, document_id`,
    [addSeconds(until, 86_400)],
  );
  return rows.map(documentOf);
}
