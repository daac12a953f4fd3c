import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backup, type BackupManifest, restore } from "../../../src/adapters/postgres/backup.ts";
import { postgresEvidenceStore } from "../../../src/adapters/postgres/evidenceStore.ts";
import { postgresJournal } from "../../../src/adapters/postgres/journal.ts";
import { createPool, type Pool, query } from "../../../src/adapters/postgres/pool.ts";
import { linkRun } from "../../../src/domain/evidence/linkRun.ts";
import { entriesToPost } from "../../../src/domain/settlement/adjust.ts";
import type { SettledDay, SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-backup-"));
const taken = join(folder, "taken");
const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
let source: TestDatabase;
let application: Pool;
let manifest: BackupManifest;
let target: TestDatabase | undefined;

/** Two versions of a day, a chain of two runs, and bytes and texts that a file could get wrong. */
async function fill(pool: Pool): Promise<void> {
  const journal = postgresJournal(pool);
  let previous: SettledDay | undefined;
  for (const options of [{}, { version: 2, corrected: { "2024-08-20/20/4": "2370" } }]) {
    const input: SettlementDayInput = { ...syntheticDay(options), siteId: "pecan" };
    const result = settle(input);
    await journal.recordSettlement({ input, result, entries: entriesToPost(previous, result) });
    previous = result;
  }
  const evidence = postgresEvidenceStore(pool);
  for (const n of [1, 2]) {
    const bytes = Buffer.from(`{"events":[${n}]}`);
    const closed = {
      workflowId: "site/pecan",
      runId: `run-${n}`,
      closedAt: "2024-08-21T05:00:00.000Z" as never,
      events: n,
      buildId: "b",
      digest: sha256(bytes),
      bytes,
    };
    await evidence.saveRun("pecan", linkRun(await evidence.latestRun("pecan"), closed as never, sha256), bytes);
  }
  await query(
    pool,
    `INSERT INTO raw_document (source, document_id, content_hash, content_type, fetched_at, bytes, problem)
     VALUES ('mis', E'tab\tline\nback\\\\slash', 'h', 'text/csv', '2024-08-20T23:30:00.123456Z', $1, NULL),
       ('mis', 'ä', 'h', '', now(), '', '')`,
    [Buffer.from([0, 10, 13, 92, 255])],
  );
  await query(
    pool,
    `INSERT INTO meter_register (site_id, meter_id, boundary_at, read_at, register_wh, power_kw, quality)
     VALUES ('pecan', 'site', '2024-08-20T23:30:00Z', now(), 12345678901234567890, 0.1, 'metered'),
       ('pecan', 'gone', '2024-08-20T23:30:00Z', now(), NULL, NULL, 'missing')`,
    [],
  );
}

async function emptyTarget(): Promise<Pool> {
  target = await testDatabase();
  return createPool(target.url, 1);
}

beforeAll(async () => {
  source = await testDatabase();
  application = createPool(source.appUrl as string, 3);
  await fill(application);
  manifest = await backup(application, taken, new Date("2024-08-22T12:00:00Z"));
});

afterEach(async () => {
  await target?.drop();
  target = undefined;
});

afterAll(async () => {
  await application?.end();
  await source?.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a backup, taken with the application's own rights", () => {
  it("has a file of text for every table, with its rows and its hash in the manifest, readable by its owner alone", async () => {
    const [{ n } = { n: 0 }] = await query<{ n: number }>(
      application,
      `SELECT count(*)::int AS n FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migration'`,
      [],
    );
    expect(manifest.tables).toHaveLength(n);
    expect(readdirSync(taken)).toHaveLength(n + 1);
    for (const { name, rows, sha256: hash } of manifest.tables) {
      const text = gunzipSync(readFileSync(join(taken, `${name}.copy.gz`)));
      expect([text.toString().split("\n").length - 1, sha256(text)], name).toEqual([rows, hash]);
      expect(statSync(join(taken, `${name}.copy.gz`)).mode & 0o777).toBe(0o600);
    }
  });

  it("is never written over another", async () => {
    await expect(backup(application, taken, new Date())).rejects.toThrow(/exists already/);
  });
});

describe("a backup restored into an empty database", () => {
  it("is the same to the byte, its money and its chain hold, and the next posting goes on", async () => {
    const owner = await emptyTarget();
    await restore(owner, taken);
    const pool = createPool(target?.appUrl as string, 3);
    const again = await backup(pool, join(folder, "again"), new Date());
    expect(again.tables).toEqual(manifest.tables);

    const journal = postgresJournal(pool);
    for (const version of [1, 2]) {
      const stored = await journal.settlement("pecan", "2024-08-20", version);
      expect(settle(stored?.input as SettlementDayInput)).toEqual(stored?.result);
      expect(stored?.result.checks.every((check) => check.holds)).toBe(true);
    }
    const [{ sum } = { sum: "" }] = await query<{ sum: string }>(
      pool,
      "SELECT sum(amount_e8)::text AS sum FROM journal_posting",
      [],
    );
    expect(sum).toBe("0");
    const runs = await postgresEvidenceStore(pool).runs("pecan");
    expect(runs).toEqual(runs.map((run, i) => linkRun(runs[i - 1], run, sha256)));
    for (const run of runs) expect(sha256(await postgresEvidenceStore(pool).historyBytes(run.runId))).toBe(run.digest);

    const before = await query<{ last: string }>(pool, "SELECT max(sequence)::text AS last FROM journal_entry", []);
    const input: SettlementDayInput = { ...syntheticDay(), siteId: "pecan", operatingDay: "2024-08-20", version: 3 };
    const previous = await journal.settlement("pecan", "2024-08-20");
    const result = settle(input);
    await journal.recordSettlement({ input, result, entries: entriesToPost(previous?.result, result) });
    const after = await query<{ last: string }>(pool, "SELECT max(sequence)::text AS last FROM journal_entry", []);
    expect(Number(after[0]?.last)).toBeGreaterThan(Number(before[0]?.last));
    await expect(query(owner, "UPDATE journal_posting SET amount_e8 = 1", [])).rejects.toThrow(/append-only/);
    await pool.end();
    await owner.end();
  });

  it("with one figure changed in one file is refused whole: nothing is there afterwards", async () => {
    const forged = join(folder, "forged");
    await backup(application, forged, new Date());
    const file = join(forged, "meter_register.copy.gz");
    writeFileSync(
      file,
      gzipSync(gunzipSync(readFileSync(file)).toString().replace("12345678901234567890", "12345678901234567891")),
    );
    const owner = await emptyTarget();
    await expect(restore(owner, forged)).rejects.toThrow(
      /meter_register.copy.gz is not what the manifest says.*nothing was restored/,
    );
    expect(await query(owner, "SELECT FROM settlement_version", [])).toEqual([]);
    await owner.end();
  });

  it("that holds anything is refused, with the table and what to do", async () => {
    const owner = await emptyTarget();
    await query(owner, "INSERT INTO dispatch_fence (site_id, revision) VALUES ('pecan', 7)", []);
    await expect(restore(owner, taken)).rejects.toThrow(
      /table dispatch_fence of the database holds rows.*choose a new data folder/,
    );
    await owner.end();
  });
});
