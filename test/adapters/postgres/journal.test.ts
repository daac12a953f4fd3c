import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresJournal } from "../../../src/adapters/postgres/journal.ts";
import { createPool } from "../../../src/adapters/postgres/pool.ts";
import type { Pool } from "../../../src/adapters/postgres/pool.ts";
import { sha256 } from "../../../src/adapters/postgres/journalRows.ts";
import { canonicalJson } from "../../../src/domain/evidence/canonicalJson.ts";
import { adjust, entriesToPost } from "../../../src/domain/settlement/adjust.ts";
import type { JournalEntry, SettledDay, SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../../src/domain/statement/invoiceEntries.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { PortConflictError, PortDataError, PortUnavailableError } from "../../../src/ports/errors.ts";
import type { JournalStore, SettlementRecord } from "../../../src/ports/journalStore.ts";
import type { StatementRecord } from "../../../src/ports/statementStore.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";
import { plantedPage } from "../../support/plantedPage.ts";
import { testDatabase } from "../../support/stack.ts";
import type { TestDatabase } from "../../support/stack.ts";

let database: TestDatabase;
let owner: Pool;
let application: Pool;
let journal: JournalStore;

beforeAll(async () => {
  database = await testDatabase();
  owner = createPool(database.url, 3);
  application = createPool(database.appUrl as string, 5);
  journal = postgresJournal(application);
});

afterAll(async () => {
  await application?.end();
  await owner?.end();
  await database?.drop();
});

/** Each test has a site of its own. */
function recordOf(
  siteId: string,
  options: Parameters<typeof syntheticDay>[0] = {},
  previous?: SettledDay,
): SettlementRecord {
  const input: SettlementDayInput = { ...syntheticDay(options), siteId };
  const result = settle(input);
  return { input, result, entries: entriesToPost(previous, result) };
}

const CORRECTION = { version: 2, corrected: { "2024-08-20/20/4": "2370" } };

function balancesOf(entries: readonly JournalEntry[]) {
  const totals = new Map<string, bigint>();
  for (const { account, amountE8 } of entries.flatMap((entry) => entry.postings)) {
    const sum = totals.get(account);
    totals.set(account, sum === undefined ? BigInt(amountE8) : sum + BigInt(amountE8));
  }
  return [...totals]
    .map(([account, balanceE8]) => ({ account, balanceE8 }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
}

describe("a settled day in the journal", () => {
  it("is recorded once: the same content again posts nothing", async () => {
    const record = recordOf("once");
    expect(await journal.recordSettlement(record)).toBe("recorded");
    expect(await journal.recordSettlement(recordOf("once"))).toBe("already-recorded");
    expect(await journal.entriesOfDay("once", "2024-08-20")).toEqual(record.entries);
  });

  it("recorded by two workers at the same moment is posted once", async () => {
    const record = recordOf("twice");
    const answers = await Promise.all([1, 2, 3].map(() => journal.recordSettlement(record)));
    expect(answers.toSorted()).toEqual(["already-recorded", "already-recorded", "recorded"]);
    expect(await journal.entriesOfDay("twice", "2024-08-20")).toHaveLength(record.entries.length);
  });

  it("with other content under the same version is a conflict, and nothing of it is written", async () => {
    const record = recordOf("conflict");
    await journal.recordSettlement(record);
    const other = recordOf("conflict", { corrected: { "2024-08-20/20/4": "2370" } });
    await expect(journal.recordSettlement(other)).rejects.toThrow(PortConflictError);
    await expect(journal.recordSettlement(other)).rejects.toThrow(
      /recorded with other content .*; record a changed settlement as the next version/,
    );
    expect(await journal.entriesOfDay("conflict", "2024-08-20")).toEqual(record.entries);
  });

  it("comes back as it was put in, with the hash of its input", async () => {
    const record = recordOf("back");
    await journal.recordSettlement(record);
    const stored = await journal.settlement("back", "2024-08-20");
    expect(stored).toMatchObject({ input: record.input, result: record.result, entries: record.entries });
    expect(stored?.inputHash).toMatch(/^[0-9a-f]{64}$/);
    expect(settle(stored?.input as SettlementDayInput)).toEqual(stored?.result);
    expect(await journal.settlement("back", "2024-08-21")).toBeUndefined();
  });

  it("corrected by a second version has the balances of that version alone, and a trial balance of 0", async () => {
    const first = recordOf("corrected");
    const second = recordOf("corrected", CORRECTION, first.result);
    await journal.recordSettlement(first);
    await journal.recordSettlement(second);
    const trial = await journal.trialBalance("corrected");
    expect(trial.totalE8).toBe(0n);
    expect(trial.accounts).toEqual(balancesOf(second.result.entries));
    expect((await journal.settlement("corrected", "2024-08-20"))?.result.version).toBe(2);
    expect((await journal.settlement("corrected", "2024-08-20", 1))?.result).toEqual(first.result);
    expect((await journal.entriesOfDay("corrected", "2024-08-20")).slice(first.entries.length)).toEqual(
      adjust(first.result, second.result),
    );
    expect((await journal.trialBalance()).totalE8).toBe(0n);
  });

  it("cannot skip a version, nor mix days", async () => {
    const second = recordOf("skips", CORRECTION, recordOf("skips").result);
    await expect(journal.recordSettlement(second)).rejects.toThrow(/the version before it is not recorded/);
    await expect(journal.recordSettlement({ ...recordOf("skips"), result: second.result })).rejects.toThrow(
      /expected the result of this input/,
    );
    await expect(journal.recordSettlement({ ...recordOf("skips"), entries: second.entries })).rejects.toThrow(
      /is of another day or version/,
    );
    expect(await journal.entriesOfDay("skips", "2024-08-20")).toEqual([]);
  });

  it("with an entry that is out of balance by 10⁻⁸ is refused as a whole", async () => {
    const record = recordOf("unbalanced");
    const [first, ...others] = record.entries as [JournalEntry, ...JournalEntry[]];
    const [posting, ...rest] = first.postings as [JournalEntry["postings"][number], ...JournalEntry["postings"]];
    const broken = { ...first, postings: [{ ...posting, amountE8: String(BigInt(posting.amountE8) + 1n) }, ...rest] };
    await expect(journal.recordSettlement({ ...record, entries: [...others, broken] })).rejects.toThrow(
      /postings sum to 1 instead of 0/,
    );
    expect(await journal.settlement("unbalanced", "2024-08-20")).toBeUndefined();
  });

  it("with an entry id that is taken is a conflict", async () => {
    await journal.recordSettlement(recordOf("taken"));
    const second = recordOf("taken", CORRECTION, recordOf("taken").result);
    const [first] = recordOf("taken").entries;
    const clash = { ...(second.entries[0] as JournalEntry), entryId: (first as JournalEntry).entryId };
    await expect(journal.recordSettlement({ ...second, entries: [clash] })).rejects.toThrow(
      /entry ids are idempotency keys/,
    );
  });

  it("is listed with the latest version of each day of a period", async () => {
    const first = recordOf("period");
    await journal.recordSettlement(first);
    await journal.recordSettlement(recordOf("period", CORRECTION, first.result));
    await journal.recordSettlement(recordOf("period", { operatingDay: "2024-08-22" }));
    const days = await journal.latestSettlements("period", "2024-08-20", "2024-08-22");
    expect(days.map((day) => [day.result.operatingDay, day.result.version])).toEqual([
      ["2024-08-20", 2],
      ["2024-08-22", 1],
    ]);
    expect(await journal.latestSettlements("period", "2024-08-21", "2024-08-21")).toEqual([]);
  });
});

const TABLES = {
  settlement_version: "version",
  journal_entry: "settlement_version",
  journal_posting: "amount_e8",
  statement: "total_cents",
};

describe("nobody rewrites the journal", () => {
  beforeAll(async () => {
    await journal.recordSettlement(recordOf("fixed"));
    await journal.issueStatement(statementOf("fixed", "alder"));
  });

  for (const [table, column] of Object.entries(TABLES)) {
    it.each([`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])(
      "%s is refused to the application by privilege and to the owner by trigger",
      async (sql) => {
        await expect(application.query(sql)).rejects.toThrow(/permission denied for table/);
        const refused: unknown = await owner.query(sql).catch((error: unknown) => error);
        expect(refused).toMatchObject({
          message: expect.stringMatching(/is append-only: (UPDATE|DELETE|TRUNCATE) refused/),
          hint: expect.stringMatching(/^(Post|Settle|Correct)/),
        });
      },
    );
  }

  it("no posting is added to an entry that is closed, balanced or not", async () => {
    const { rows } = await application.query<{ entry_id: string }>(
      "SELECT entry_id FROM journal_entry WHERE site_id = 'fixed' LIMIT 1",
    );
    const add = application.query(
      "INSERT INTO journal_posting VALUES ($1, 90, 'Assets:X', 5), ($1, 91, 'Assets:Y', -5)",
      [rows[0]?.entry_id],
    );
    await expect(add).rejects.toThrow(/is closed, a later transaction cannot add postings/);
  });

  it.each([
    [
      "an amount of a result",
      "edited-result",
      "settlement_version",
      `result = replace(result::text, '"grossCreditE8":"0"', '"grossCreditE8":"1"')::json WHERE site_id = 'edited-result'`,
    ],
    [
      "a posting",
      "edited-posting",
      "journal_posting",
      "amount_e8 = amount_e8 + sign(amount_e8) WHERE entry_id LIKE 'accrual:edited-posting:alder:%'",
    ],
    ["what a version is", "edited-kind", "settlement_version", "kind = 'final' WHERE site_id = 'edited-kind'"],
  ])(
    "an edit of %s is found by whoever reads the day: settlement, statement, export",
    async (_what, siteId, table, set) => {
      await journal.recordSettlement(recordOf(siteId));
      await journal.settlement(siteId, "2024-08-20");
      await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER append_only`);
      const { rowCount } = await owner.query(`UPDATE ${table} SET ${set}`);
      await owner.query(`ALTER TABLE ${table} ENABLE TRIGGER append_only`);
      expect(rowCount).toBeGreaterThan(0);
      const found = /do not match their hash|are not what its input says/;
      await expect(journal.settlement(siteId, "2024-08-20")).rejects.toThrow(found);
      await expect(journal.latestSettlements(siteId, "2024-08-01", "2024-08-31")).rejects.toThrow(found);
    },
  );

  it("who switches the triggers off and edits a row is found out by its hash", async () => {
    await journal.recordSettlement(recordOf("forged"));
    await owner.query("ALTER TABLE settlement_version DISABLE TRIGGER append_only");
    await owner.query(
      `UPDATE settlement_version SET input = replace(input::text, '"84237"', '"84238"')::json WHERE site_id = 'forged'`,
    );
    await owner.query("ALTER TABLE settlement_version ENABLE TRIGGER append_only");
    await expect(journal.settlement("forged", "2024-08-20")).rejects.toThrow(/stored input does not match its hash/);
  });
});

function statementOf(
  siteId: string,
  clientId: string,
  more: { statementId?: string; issuedAt?: string; to?: string } = {},
): StatementRecord {
  const input = { ...syntheticDay(), siteId };
  const settled = settle(input);
  const statement = compose({
    statementId: more.statementId ?? `${siteId}/${clientId}/2024-08-20`,
    siteId,
    clientId,
    period: { from: "2024-08-20", to: more.to ?? "2024-08-20" },
    issuedAt: parseInstant(more.issuedAt ?? "2024-08-22T14:00:00Z"),
    settledDays: [{ input, result: settled }],
  });
  const entries = statement.status === "issued" ? invoiceEntries(statement) : [];
  return { statement, ...papersOf(statement, [{ input, result: settled }]), entries, ordinal: 1 };
}

describe("an issued statement", () => {
  beforeAll(async () => {
    for (const siteId of ["s1", "s3", "s4", "s6", "s7", "s8", "s9", "s10", "s11", "s12"])
      await journal.recordSettlement(recordOf(siteId));
  });

  it("is issued once, comes back byte for byte, and the same again changes nothing", async () => {
    const record = statementOf("s1", "birch");
    expect(await journal.issueStatement(record)).toBe("issued");
    expect(await journal.issueStatement(statementOf("s1", "birch"))).toBe("already-issued");
    expect(await journal.statement("s1/birch/2024-08-20")).toEqual(record);
    expect(await journal.statement("s1/birch/2024-08-21")).toBeUndefined();
  });

  it("keeps its bytes when a price is corrected afterwards", async () => {
    const first = recordOf("s2");
    await journal.recordSettlement(first);
    const record = statementOf("s2", "alder");
    await journal.issueStatement(record);
    await journal.recordSettlement(recordOf("s2", CORRECTION, first.result));
    expect(await journal.statement("s2/alder/2024-08-20")).toEqual(record);
  });

  it("with other bytes under its id is a conflict, down to one space", async () => {
    const record = statementOf("s3", "alder");
    await journal.issueStatement(record);
    await expect(journal.issueStatement({ ...record, text: `${record.text} ` })).rejects.toThrow(PortConflictError);
    await expect(
      journal.issueStatement(statementOf("s3", "alder", { issuedAt: "2024-08-23T14:00:00Z" })),
    ).rejects.toThrow(/issued with other bytes/);
  });

  it("has no second one of the client for one of its days", async () => {
    await journal.issueStatement(statementOf("s4", "alder"));
    const again = { ...statementOf("s4", "alder", { statementId: "s4/again" }), ordinal: 2 };
    await expect(journal.issueStatement(again)).rejects.toThrow(
      /no day of a client is stated twice.*its period 2024-08-20 to 2024-08-20 overlaps that of statement s4\/alder\/2024-08-20/,
    );
  });

  it("is never a draft", async () => {
    await expect(journal.issueStatement(statementOf("s5", "alder", { to: "2024-08-21" }))).rejects.toThrow(
      /is a draft and cannot be issued; open: 2024-08-21 is not settled/,
    );
  });

  it("is found by site and client", async () => {
    for (const client of ["alder", "birch", "cedar"]) await journal.issueStatement(statementOf("s6", client));
    expect((await journal.statements("s6")).map((r) => r.statement.clientId)).toEqual(["alder", "birch", "cedar"]);
    expect((await journal.statements("s6", "cedar")).map((r) => r.statement.statementId)).toEqual([
      "s6/cedar/2024-08-20",
    ]);
  });

  it("keeps a file of a format that came later, byte for byte, and a changed one is found out by the hash", async () => {
    const page = plantedPage("docs/add-a-renderer.md");
    try {
      const { postgresJournal: journalOfLater } = await page.load("src/adapters/postgres/journal.ts");
      const later = journalOfLater(application) as JournalStore;
      const record = { ...statementOf("s12", "alder"), linesJson: '{ "lines": [] }\n' };
      expect(await later.issueStatement(record)).toBe("issued");
      expect(await later.issueStatement(record)).toBe("already-issued");
      expect(await later.statement("s12/alder/2024-08-20")).toEqual(record);
      await owner.query("ALTER TABLE statement DISABLE TRIGGER append_only");
      await owner.query("UPDATE statement SET more_files = json_build_object('linesJson', '{}') WHERE site_id = 's12'");
      await owner.query("ALTER TABLE statement ENABLE TRIGGER append_only");
      await expect(later.statements("s12")).rejects.toThrow(/stored bytes or journal entries do not match their hash/);
    } finally {
      page.remove();
    }
  });

  it("given to another client behind the triggers is found out by its body", async () => {
    await journal.issueStatement(statementOf("s8", "alder"));
    await owner.query("ALTER TABLE statement DISABLE TRIGGER append_only");
    await owner.query("UPDATE statement SET client_id = 'birch' WHERE site_id = 's8'");
    await owner.query("ALTER TABLE statement ENABLE TRIGGER append_only");
    await expect(journal.statements("s8", "birch")).rejects.toThrow(/its columns .* are not what its body says/);
  });

  it("posts the fixed fee, sets off the credits and books the rounding: the client's receivable is what it was invoiced", async () => {
    const record = statementOf("s9", "alder");
    await journal.issueStatement(record);
    await journal.issueStatement(record);
    const { accounts, totalE8 } = await journal.trialBalance("s9");
    const balance = (account: string) => accounts.find((one) => one.account === account)?.balanceE8;
    expect(totalE8).toBe(0n);
    expect(balance("Assets:Receivable:Client:alder")).toBe(2_946_384_000_000n);
    // 41,500 kW × 1.25 $ × 1 of 31 days = 1,673.387096774… $
    expect(balance("Income:Hosting:FixedFee")).toBe(-167_338_709_677n);
    expect(balance("Liabilities:ClientShare:alder")).toBe(0n);
    expect(balance("Liabilities:ClientShare:birch")).toBeLessThan(0n);
    expect((await journal.statement(record.statement.statementId))?.entries).toEqual(record.entries);
    expect(await journal.entriesOfDay("s9", "2024-08-20")).toEqual(recordOf("s9").entries);
    expect((await journal.settlement("s9", "2024-08-20"))?.entries).toEqual(recordOf("s9").entries);
  });

  it("of schema 1, without guide and entries, keeps its bytes and its hash, and is not posted when it is issued again", async () => {
    const { guide: _guide, statement, ...rest } = statementOf("s10", "alder");
    const { journal: _journal, contractTerms: _terms, ...body } = statement;
    const old: StatementRecord = { ...rest, statement: { ...body, schema: "ballast.statement/1" }, entries: [] };
    const files = [canonicalJson(old.statement), old.text, old.csv, old.intervalsCsv];
    expect(await journal.issueStatement(old)).toBe("issued");
    expect(await journal.issueStatement(old)).toBe("already-issued");
    expect(await journal.statement(statement.statementId)).toEqual(old);
    const { rows } = await owner.query("SELECT body_hash FROM statement WHERE site_id = 's10'");
    expect(rows).toEqual([{ body_hash: sha256(canonicalJson(files.map(sha256))) }]);
    expect((await journal.trialBalance("s10")).accounts.map(({ account }) => account)).not.toContain(
      "Income:Hosting:FixedFee",
    );
  });

  it("posts nothing more once it is issued, neither for the application nor unseen for the owner", async () => {
    const record = statementOf("s11", "alder");
    await journal.issueStatement(record);
    const more = `INSERT INTO journal_entry (entry_id, site_id, operating_day, settlement_version, effective_at, kind, client_id, description, source_refs, statement_id)
      VALUES ('s11/more', 's11', '2024-08-20', 1, now(), 'invoice', 'alder', 'again', '[]', $1)`;
    const id = record.statement.statementId;
    await expect(application.query(more, [id])).rejects.toThrow(/is not issued in the same transaction/);
    await owner.query("ALTER TABLE journal_posting DISABLE TRIGGER append_only");
    await owner.query("UPDATE journal_posting SET amount_e8 = amount_e8 * 2 WHERE entry_id = $1", [
      `invoice:${id}:fixed-fee`,
    ]);
    await owner.query("ALTER TABLE journal_posting ENABLE TRIGGER append_only");
    await expect(journal.statement(id)).rejects.toThrow(/stored bytes or journal entries do not match their hash/);
  });

  it("edited behind the triggers is found out by its hash", async () => {
    await journal.issueStatement(statementOf("s7", "alder"));
    await owner.query("ALTER TABLE statement DISABLE TRIGGER append_only");
    await owner.query("UPDATE statement SET text_file = replace(text_file, 'Alder', 'Elder') WHERE site_id = 's7'");
    await owner.query("ALTER TABLE statement ENABLE TRIGGER append_only");
    await expect(journal.statement("s7/alder/2024-08-20")).rejects.toThrow(PortDataError);
  });
});

describe("a database that is away", () => {
  it("is reported as unavailable, worth another try", async () => {
    const away = createPool("postgres://ballast_app@127.0.0.1:1/none", 1);
    const store = postgresJournal(away);
    await expect(store.trialBalance()).rejects.toThrow(PortUnavailableError);
    await expect(store.recordSettlement(recordOf("away"))).rejects.toThrow(PortUnavailableError);
    await expect(store.statements("away")).rejects.toThrow(PortUnavailableError);
    await away.end();
  });
});
