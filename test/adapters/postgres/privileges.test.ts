import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

let database: TestDatabase;
let owner: pg.Client;
let application: pg.Client;

beforeAll(async () => {
  database = await testDatabase({ tables: "migrated" });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`INSERT INTO settlement_version
      (site_id, operating_day, version, kind, input, input_hash, result, body_hash)
    VALUES ('pecan', '2024-08-20', 1, 'initial', '{}', 'a', '{}', 'b')`);
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

beforeEach(async () => {
  application = new pg.Client({ connectionString: database.appUrl });
  await application.connect();
  return () => application.end();
});

const ENTRY = `INSERT INTO journal_entry
    (entry_id, site_id, operating_day, settlement_version, effective_at, kind, description, source_refs)
  VALUES ($1, 'pecan', '2024-08-20', 1, now(), 'supply', 'Supply', '[]')`;

/** Commits an entry that debits 5 and credits nothing. */
async function bookUnbalanced(on: pg.Client, entryId: string): Promise<void> {
  await on.query("BEGIN");
  await on.query(ENTRY, [entryId]);
  await on.query("INSERT INTO public.journal_posting VALUES ($1, 1, 'Assets:Cash', 5)", [entryId]);
  await on.query("COMMIT");
}

describe("an unbalanced entry is refused", () => {
  it("to the application, which cannot put a temporary table before the journal's", async () => {
    await expect(
      application.query("CREATE TEMP TABLE journal_posting (entry_id text, amount_e8 bigint)"),
    ).rejects.toThrow(/permission denied to create temporary tables/);
    await expect(bookUnbalanced(application, "plain")).rejects.toThrow(/postings sum to 5 instead of 0/);
  });

  it("even to a session that has temporary tables of the journal's names and its own search path", async () => {
    const session = new pg.Client({ connectionString: database.url });
    onTestFinished(() => session.end());
    await session.connect();
    await session.query("CREATE TEMP TABLE journal_posting (entry_id text, amount_e8 bigint)");
    await session.query("CREATE SCHEMA shadow");
    await session.query("CREATE TABLE shadow.journal_posting (entry_id text, amount_e8 bigint)");
    await session.query("SET search_path = shadow, public");
    await expect(bookUnbalanced(session, "shadowed")).rejects.toThrow(/postings sum to 5 instead of 0/);
    const { rows } = await owner.query("SELECT FROM journal_entry WHERE entry_id IN ('plain', 'shadowed')");
    expect(rows).toHaveLength(0);
  });
});

describe("the application's rights", () => {
  it("every function of the database has its search path pinned, the catalog first and temporary objects last", async () => {
    const { rows } = await owner.query<{ name: string; config: string[] | null }>(
      `SELECT proname AS name, proconfig AS config FROM pg_proc
       WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "journal_entry_of_statement",
        "journal_entry_posted",
        "journal_posting_balanced",
        "refuse_change",
        "statement_periods_apart",
      ]),
    );
    for (const { name, config } of rows)
      expect([name, config]).toEqual([name, ["search_path=pg_catalog, public, pg_temp"]]);
  });

  it("make no object anywhere: no table, no schema, no function", async () => {
    await expect(application.query("CREATE TABLE mine (a int)")).rejects.toThrow(/permission denied for schema public/);
    await expect(application.query("CREATE SCHEMA mine")).rejects.toThrow(/permission denied for database/);
    await expect(
      application.query("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ).rejects.toThrow(/permission denied/);
  });

  it.each([
    ["journal_entry", "booked_at", "'2020-01-01'"],
    ["journal_entry", "booked_in", "'999999'"],
    ["settlement_version", "recorded_at", "'2020-01-01'"],
    ["statement", "recorded_at", "'2020-01-01'"],
  ])("leave it to the database when a row of %s was written: %s cannot be chosen", async (table, column, value) => {
    await expect(application.query(`INSERT INTO ${table} (${column}) VALUES (${value})`)).rejects.toThrow(
      `permission denied for table ${table}`,
    );
  });
});

describe("an entry without postings", () => {
  it("is refused when its transaction ends, and nothing of it stays", async () => {
    await application.query("BEGIN");
    await application.query(ENTRY, ["bare"]);
    await expect(application.query("COMMIT")).rejects.toThrow(/journal entry bare: has no postings/);
    const { rows } = await owner.query("SELECT FROM journal_entry WHERE entry_id = 'bare'");
    expect(rows).toHaveLength(0);
  });
});

describe("a statement that the application writes", () => {
  const STATEMENT = `INSERT INTO statement (statement_id, site_id, client_id, contract_id, period_from, period_to, issued_at, total_cents,
    body, text_file, csv_file, intervals_csv, body_hash, ordinal)
    VALUES ($1, 'pecan', 'alder', 'HA-1', $2, $3, now(), 1, '{}', '', '', '', 'a', $4)`;

  it("does not overlap one that was issued since its transaction began, whatever isolation that has", async () => {
    const other = new pg.Client({ connectionString: database.appUrl });
    onTestFinished(() => other.end());
    await other.connect();
    await application.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await application.query("SELECT FROM statement");
    await other.query(STATEMENT, ["first", "2024-08-01", "2024-08-20", 1]);
    await expect(application.query(STATEMENT, ["second", "2024-08-20", "2024-08-31", 2])).rejects.toThrow(
      /statement second: transaction isolation is repeatable read/,
    );
  });
});
