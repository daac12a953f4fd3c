import { createHash } from "node:crypto";
import type { JournalEntry } from "../../domain/settlement/model.ts";
import { parseInstant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";

/** SHA-256 (hex) of the UTF-8 bytes of a text. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A journal entry as selected by `ENTRY_COLUMNS`. */
export interface EntryRow {
  readonly entry_id: string;
  readonly site_id: string;
  readonly operating_day: string;
  readonly settlement_version: number;
  readonly effective_at: Date;
  readonly kind: string;
  readonly client_id: string | null;
  readonly contract_id: string | null;
  readonly contract_version: number | null;
  readonly clause: string | null;
  readonly reason: string | null;
  readonly description: string;
  readonly source_refs: readonly string[];
  readonly correction_of: string | null;
  readonly statement_id: string | null;
  readonly postings: readonly { readonly account: string; readonly amountE8: string }[];
}

export const ENTRY_COLUMNS = `e.entry_id, e.site_id, e.operating_day::text, e.settlement_version, e.effective_at,
  e.kind, e.client_id, e.contract_id,
  e.contract_version, e.clause, e.reason, e.description, e.source_refs, e.correction_of, e.statement_id,
  (SELECT json_agg(json_build_object('account', p.account, 'amountE8', p.amount_e8::text) ORDER BY p.position)
     FROM journal_posting p WHERE p.entry_id = e.entry_id) AS postings`;

/** @throws PortDataError when the entry has no postings. */
export function entryOf(row: EntryRow): JournalEntry {
  if (row.postings === null)
    throw new PortDataError(`journal entry ${row.entry_id} has no postings; expected at least two`);
  return {
    entryId: row.entry_id,
    siteId: row.site_id,
    operatingDay: row.operating_day,
    settlementVersion: row.settlement_version,
    effectiveAt: parseInstant(row.effective_at.toISOString()),
    kind: row.kind as JournalEntry["kind"],
    ...(row.client_id === null ? {} : { clientId: row.client_id }),
    ...(row.contract_id === null ? {} : { contractId: row.contract_id }),
    ...(row.contract_version === null ? {} : { contractVersion: row.contract_version }),
    ...(row.clause === null ? {} : { clause: row.clause }),
    ...(row.reason === null ? {} : { reason: row.reason as NonNullable<JournalEntry["reason"]> }),
    description: row.description,
    sourceRefs: row.source_refs,
    ...(row.correction_of === null ? {} : { correctionOf: row.correction_of }),
    ...(row.statement_id === null ? {} : { statementId: row.statement_id }),
    postings: row.postings,
  };
}
