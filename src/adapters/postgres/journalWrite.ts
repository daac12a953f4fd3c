import type { JournalEntry } from "../../domain/settlement/model.ts";
import { query } from "./pool.ts";
import type { PoolClient } from "./pool.ts";

/** Inserts entries and all their postings, one statement each, in list order. Runs inside the caller's transaction. */
export async function insertEntries(client: PoolClient, entries: readonly JournalEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = <T>(pick: (entry: JournalEntry) => T) => entries.map(pick);
  await query(
    client,
    `INSERT INTO journal_entry (entry_id, site_id, operating_day, settlement_version, effective_at, kind, client_id,
      contract_id,
       contract_version, clause, reason, description, source_refs, correction_of, statement_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::int[], $5::timestamptz[], $6::text[], $7::text[],
       $8::text[],
       $9::int[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::text[], $15::text[])`,
    [
      column((e) => e.entryId),
      column((e) => e.siteId),
      column((e) => e.operatingDay),
      column((e) => e.settlementVersion),
      column((e) => e.effectiveAt),
      column((e) => e.kind),
      column((e) => e.clientId),
      column((e) => e.contractId),
      column((e) => e.contractVersion),
      column((e) => e.clause),
      column((e) => e.reason),
      column((e) => e.description),
      column((e) => JSON.stringify(e.sourceRefs)),
      column((e) => e.correctionOf),
      column((e) => e.statementId),
    ],
  );
  const postings = entries.flatMap((entry) =>
    entry.postings.map((posting, i) => ({ ...posting, entryId: entry.entryId, position: i + 1 })),
  );
  await query(
    client,
    `INSERT INTO journal_posting (entry_id, position, account, amount_e8) SELECT * FROM unnest($1::text[], ` +
      `$2::smallint[], $3::text[], $4::bigint[])`,
    [
      postings.map((p) => p.entryId),
      postings.map((p) => p.position),
      postings.map((p) => p.account),
      postings.map((p) => p.amountE8),
    ],
  );
}
