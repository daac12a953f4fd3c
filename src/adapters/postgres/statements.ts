import pg from "pg";
import { canonicalJson } from "../../domain/evidence/canonicalJson.ts";
import type { JournalEntry } from "../../domain/settlement/model.ts";
import type { Statement } from "../../domain/statement/model.ts";
import { type GivenPapers, type PaperFormat, type Papers, RENDERERS } from "../../domain/statement/renderers/index.ts";
import { PortConflictError, PortDataError } from "../../ports/errors.ts";
import type { StatementRecord, StatementStore } from "../../ports/statementStore.ts";
import { journalError } from "./journalErrors.ts";
import { ENTRY_COLUMNS, entryOf, sha256 } from "./journalRows.ts";
import type { EntryRow } from "./journalRows.ts";
import { insertEntries } from "./journalWrite.ts";
import { query, transaction } from "./pool.ts";
import type { Pool, PoolClient } from "./pool.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

interface StatementRow {
  readonly statement_id: string;
  readonly body: string;
  readonly text_file: string;
  readonly csv_file: string;
  readonly intervals_csv: string;
  readonly guide_file: string | null;
  readonly more_files: string | null;
  readonly body_hash: string;
  readonly ordinal: number;
  readonly labels: unknown;
}

/** Columns that say what the body says: a row is found by them. */
const LABELS = `jsonb_build_array(statement_id, site_id, client_id, contract_id, period_from::text, period_to::text,
  total_cents::text)`;
const COLUMNS = `statement_id, body::text AS body, text_file, csv_file, intervals_csv, guide_file,
  more_files::text AS more_files, body_hash, ordinal, ${LABELS} AS labels`;

/** Issued statements in PostgreSQL: written once, read back byte for byte and checked against their hash. */
export function statementStore(pool: Pool): StatementStore {
  return {
    issueStatement: (record) => issue(pool, record),
    async statement(statementId) {
      const [row] = await select(pool, `WHERE statement_id = $1`, [statementId]);
      return row;
    },
    statements: (siteId, clientId) =>
      select(
        pool,
        `WHERE site_id = $1 AND ($2::text IS NULL OR client_id = $2) ORDER BY period_from, period_to, statement_id`,
        [siteId, clientId],
      ),
  };
}

async function issue(pool: Pool, record: StatementRecord): Promise<"issued" | "already-issued" | "outdated"> {
  const { statement } = record;
  const what = `statement ${statement.statementId}`;
  if (statement.status !== "issued") {
    throw new PortConflictError(
      `${what} is a draft and cannot be issued; open: ${statement.openItems?.join("; ") ?? "not said"}`,
    );
  }
  try {
    const body = canonicalJson(statement);
    const hash = hashOf(
      {
        body,
        text_file: record.text,
        csv_file: record.csv,
        intervals_csv: record.intervalsCsv,
        guide_file: record.guide ?? null,
        more_files: moreFiles(record),
      },
      record.entries,
    );
    return await transaction(pool, async (client) => {
      if (await insertStatement(client, record, body, hash)) {
        await insertEntries(client, record.entries);
        return "issued";
      }
      const rows = await query<{ body_hash: string }>(
        client,
        `SELECT body_hash FROM statement WHERE statement_id = $1`,
        [statement.statementId],
      );
      if (rows[0]?.body_hash === hash) return "already-issued";
      throw new PortConflictError(
        `${what} was issued with other bytes; an issued statement never changes, correct it by an adjustment line on ` +
          `the next one`,
      );
    });
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === "statement_one_after_another") return "outdated";
    throw journalError(`issuing ${what}`, error);
  }
}

async function insertStatement(
  client: PoolClient,
  record: StatementRecord,
  body: string,
  hash: string,
): Promise<boolean> {
  const { statement } = record;
  const inserted = await query(
    client,
    `INSERT INTO statement (statement_id, site_id, client_id, contract_id, period_from, period_to, issued_at,
      total_cents, body, text_file, csv_file, intervals_csv, body_hash, ordinal, guide_file, more_files)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (statement_id)
       DO NOTHING RETURNING statement_id`,
    [
      statement.statementId,
      statement.siteId,
      statement.clientId,
      statement.contractId,
      statement.period.from,
      statement.period.to,
      statement.issuedAt,
      statement.totalCents,
      body,
      record.text,
      record.csv,
      record.intervalsCsv,
      hash,
      record.ordinal,
      record.guide,
      moreFiles(record),
    ],
  );
  return inserted.length === 1;
}

async function select(pool: Pool, where: string, values: readonly unknown[]): Promise<StatementRecord[]> {
  try {
    const rows = await query<StatementRow>(pool, `SELECT ${COLUMNS} FROM statement ${where}`, values);
    const entries = await entriesOf(
      pool,
      rows.map(({ statement_id }) => statement_id),
    );
    return rows.map((row) => recordOf(row, entries.get(row.statement_id) ?? []));
  } catch (error) {
    throw journalError("reading statements", error);
  }
}

/** What issuing each statement posted, in the order of posting. */
async function entriesOf(pool: Pool, statementIds: readonly string[]): Promise<Map<string, JournalEntry[]>> {
  const rows = await query<EntryRow>(
    pool,
    `SELECT ${ENTRY_COLUMNS} FROM journal_entry e WHERE statement_id = ANY ($1) ORDER BY sequence`,
    [statementIds],
  );
  return Map.groupBy(rows.map(entryOf), ({ statementId }) => statementId as string);
}

function recordOf(row: StatementRow, entries: readonly JournalEntry[]): StatementRecord {
  if (hashOf(row, entries) !== row.body_hash)
    throw new PortDataError(
      `statement ${row.statement_id}: stored bytes or journal entries do not match their hash ${row.body_hash}; a ` +
        `row was tampered with or damaged`,
    );
  const statement = JSON.parse(row.body) as Statement;
  if (statement.schema !== "ballast.statement/1" && statement.schema !== "ballast.statement/2")
    throw new PortDataError(
      `statement ${row.statement_id}: schema is "${String(statement.schema)}"; this version reads ` +
        `ballast.statement/1 and /2`,
    );
  const { statementId, siteId, clientId, contractId, period, totalCents } = statement;
  const said = [statementId, siteId, clientId, contractId, period.from, period.to, totalCents];
  if (!sameValue(row.labels, said))
    throw new PortDataError(
      `statement ${row.statement_id}: its columns ${canonicalJson(row.labels)} are not what its body says, ` +
        `${canonicalJson(said)}; the row was tampered with or damaged`,
    );
  return {
    ...(row.more_files === null ? {} : (JSON.parse(row.more_files) as Partial<Papers>)),
    statement,
    text: row.text_file,
    csv: row.csv_file,
    intervalsCsv: row.intervals_csv,
    ...(row.guide_file === null ? {} : { guide: row.guide_file }),
    entries,
    ordinal: row.ordinal,
  };
}

/** Formats with a column of their own; all others stand together in one. */
const COLUMN_OF: Partial<Record<PaperFormat, keyof StatementRow>> = {
  text: "text_file",
  csv: "csv_file",
  intervalsCsv: "intervals_csv",
  guide: "guide_file",
};

/** The files without a column of their own, by format, as one canonical text; null when there is none. */
function moreFiles(record: GivenPapers): string | null {
  const more = RENDERERS.filter(({ format }) => COLUMN_OF[format] === undefined && record[format] !== undefined);
  return more.length === 0
    ? null
    : canonicalJson(Object.fromEntries(more.map(({ format }) => [format, record[format]])));
}

/**
 * Of a statement of schema 1, which has no guide, over its body and its three files; else over all its files and its
 * entries.
 */
function hashOf(
  row: Pick<StatementRow, "body" | "text_file" | "csv_file" | "intervals_csv" | "guide_file" | "more_files">,
  entries: readonly JournalEntry[],
): string {
  const files = [row.body, row.text_file, row.csv_file, row.intervals_csv];
  if (row.guide_file !== null) files.push(row.guide_file);
  if (row.more_files !== null) files.push(row.more_files);
  if (row.guide_file !== null || entries.length > 0) files.push(canonicalJson(entries));
  return sha256(canonicalJson(files.map(sha256)));
}
