import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { FolderArchive } from "../../../src/adapters/archive/folderArchive.ts";
import { citedDocuments } from "../../../src/adapters/postgres/bundleRows.ts";
import { postgresMarketStore } from "../../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool, query } from "../../../src/adapters/postgres/pool.ts";
import { archiveDocuments } from "../../../src/app/evidence/retention.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const NOW = parseInstant("2026-11-28T12:00:00Z");
const daysAgo = (days: number): Instant => addSeconds(NOW, -days * 86_400);
const root = mkdtempSync(join(tmpdir(), "ballast-archived-"));
const archive = new FolderArchive(root);
let database: TestDatabase;
let pool: Pool;

/** A page of a minute, and an LMP document in a zip that no second packing makes shorter. */
const page = (days: number): RawDocument => ({
  source: "dashboard/daily-prc",
  documentId: `page ${days} days ago`,
  contentType: "application/json",
  fetchedAt: daysAgo(days),
  bytes: new Uint8Array(Buffer.from(JSON.stringify({ days, data: Array(400).fill({ prc: 9_000, dstFlag: "N" }) }))),
});
const prices = (days: number): RawDocument => ({
  source: "mis/12300",
  documentId: `LMPs ${days} days ago`,
  contentType: "application/zip",
  fetchedAt: daysAgo(days),
  publishedAt: daysAgo(days),
  bytes: new Uint8Array(createHash("sha512").update(String(days)).digest()),
});
const sha256 = ({ bytes }: RawDocument): string => createHash("sha256").update(bytes).digest("hex");
const DOCUMENTS = [page(44), page(46), prices(46), prices(399), prices(401)];
const KEEP_DAYS = new Map([
  ["dashboard/daily-prc", 45],
  ["mis/12300", 400],
]);

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 1);
  const store = postgresMarketStore(pool);
  for (const document of DOCUMENTS) {
    const contentHash = await store.storeDocument(document);
    const { source, documentId, fetchedAt } = document;
    const head = { source, documentId, contentHash, fetchedAt, quality: "PUBLISHED" as const };
    await store.storeObservations([
      { ...head, kind: "sced-lmp", settlementPoint: "HB_WEST", scedAt: fetchedAt, lmpUsdPerMwh: "20.00" },
    ]);
  }
});

afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await pool?.end();
  await database?.drop();
});

const inDatabase = () =>
  query<{ document_id: string; encoding: string; bytes: number | null }>(
    pool,
    "SELECT document_id, encoding, length(bytes) AS bytes FROM raw_document ORDER BY fetched_at DESC, document_id DESC",
    [],
  );

describe("raw documents in the database", () => {
  it("are packed where that makes them shorter, a page to a tenth, a zip not at all", async () => {
    const rows = await inDatabase();
    expect(rows.map(({ encoding }) => encoding)).toEqual(["gzip", "gzip", "identity", "identity", "identity"]);
    expect(rows[0]!.bytes).toBeLessThan(page(44).bytes.byteLength / 10);
    expect(rows[2]!.bytes).toBe(64);
  });

  it("leave it when they are older than their report's days, pages after 45, prices after 400; their rows stay", async () => {
    expect(await archiveDocuments(pool, archive, KEEP_DAYS, { dueAt: NOW })).toMatchObject({ documents: 2 });
    const left = (await inDatabase()).filter(({ bytes }) => bytes === null).map(({ document_id }) => document_id);
    expect(left).toEqual(["page 46 days ago", "LMPs 401 days ago"]);
    expect(await archiveDocuments(pool, archive, KEEP_DAYS, { dueAt: NOW })).toEqual({
      documents: 0,
      bytes: 0,
      damaged: [],
    });
  });

  it("are in a bundle byte for byte all the same, from the archive, or are left out where the audit is given it", async () => {
    const all = await citedDocuments(pool, NOW, { archive });
    expect(all.map((one) => [one.documentId, Buffer.from(one.bytes)])).toEqual(
      DOCUMENTS.toSorted((a, b) => (a.fetchedAt < b.fetchedAt ? -1 : a.fetchedAt > b.fetchedAt ? 1 : 0))
        .toSorted((a, b) => (a.fetchedAt === b.fetchedAt ? (a.source < b.source ? -1 : 1) : 0))
        .map((one) => [one.documentId, Buffer.from(one.bytes)]),
    );
    const apart = await citedDocuments(pool, NOW, { archive, isApart: true });
    expect(apart).toHaveLength(3);
    for (const gone of [page(46), prices(401)]) expect(archive.find(sha256(gone))).toHaveProperty("bytes");
  });

  it("that are neither here nor there are named, with what to do", async () => {
    const elsewhere = new FolderArchive(join(root, "elsewhere"));
    await expect(citedDocuments(pool, NOW, { archive: elsewhere })).rejects.toThrow(
      /mis\/12300 document LMPs 401 days ago has left the database, and the archive does not hold it: no index .*ballast archive/,
    );
  });

  it("are never changed: their bytes may leave, and nothing else", async () => {
    const change = (sql: string) => query(pool, `UPDATE raw_document SET ${sql}`, []);
    await expect(change("bytes = 'forged'")).rejects.toThrow(/only its bytes may leave/);
    await expect(change("content_hash = 'forged'")).rejects.toThrow(/permission denied/);
    const owner = createPool(database.url, 1);
    onTestFinished(() => owner.end());
    const rewrite = query(owner, "UPDATE raw_document SET document_id = 'x', bytes = NULL, archived_at = now()", []);
    await expect(rewrite).rejects.toThrow(/only its bytes may leave/);
  });
});
