import type { CommandOutcome } from "../../domain/dispatch/model.ts";
import type { CommandLedgerRow } from "../../domain/evidence/ledgers.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { DocumentArchive, KeptDocument } from "../../ports/documentArchive.ts";
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
 * Bytes that have left the database come from the archive; with `isApart` those documents are left out.
 * @throws PortUnavailableError when the database is away, PortDataError for bytes that are nowhere.
 */
export async function citedDocuments(
  pool: Pool,
  until: Instant,
  { archive, isApart = false }: { readonly archive?: DocumentArchive; readonly isApart?: boolean } = {},
): Promise<readonly KeptDocument[]> {
  const rows = await query<DocumentRow>(
    pool,
    `SELECT source, document_id, content_hash, content_type, fetched_at, published_at, published_or_at, bytes, encoding
       FROM raw_document
      WHERE fetched_at < $1 AND source NOT LIKE '%#unreadable' AND NOT ($2 AND bytes IS NULL)
        AND content_hash IN (SELECT content_hash FROM market_observation)
      ORDER BY fetched_at, source, document_id`,
    [addSeconds(until, 86_400), isApart],
  );
  return rows.map((row) => documentOf(row, archive));
}
