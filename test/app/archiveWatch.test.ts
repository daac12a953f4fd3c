import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FolderArchive } from "../../src/adapters/archive/folderArchive.ts";
import { ADVISORY_LOCKS } from "../../src/adapters/postgres/advisoryLocks.ts";
import { lastArchiveRun } from "../../src/adapters/postgres/archiveRuns.ts";
import { createPool, type Pool, query } from "../../src/adapters/postgres/pool.ts";
import { whileAlone } from "../../src/adapters/postgres/whileAlone.ts";
import { archiveTurn } from "../../src/app/evidence/archiveTurn.ts";
import { readArchiveNow } from "../../src/app/evidence/readArchiveNow.ts";
import { keepDaysOf } from "../../src/app/evidence/retention.ts";
import { watchArchive } from "../../src/app/evidence/watchArchive.ts";
import { readRunFile } from "../../src/app/system/runFolder.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import { testDatabase, type TestDatabase } from "../support/stack.ts";
import { EXAMPLE_SITE, startBallast } from "./cliSupport.ts";

const SOURCE = "dashboard/daily-prc";
const DAY_MS = 86_400_000;
const root = mkdtempSync(join(tmpdir(), "ballast-archive-watch-"));
const dataDir = join(root, "data");
const folder = join(root, "archive");
const deployment = loadDeployment(EXAMPLE_SITE, "2026-08-18");
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 3);
  mkdirSync(dataDir);
  const run = {
    bookId: "book",
    temporalAddress: "t",
    namespace: "n",
    appDatabaseUrl: database.appUrl,
    clock: { kind: "real" },
    deployments: [deployment],
    archive: { folder, at: "03:30" },
  };
  writeFileSync(join(dataDir, "run.json"), JSON.stringify(run));
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
  rmSync(root, { recursive: true, force: true });
});

/** A page that was fetched so many days ago: after 45 it has to go. */
async function fetched(daysAgo: number, bytes: Buffer = randomBytes(200), sha256 = hashOf(bytes)): Promise<string> {
  await query(
    pool,
    `INSERT INTO raw_document (source, document_id, content_hash, content_type, fetched_at, bytes)
     VALUES ($1, $2, $3, 'application/json', $4, $5)`,
    [SOURCE, `page ${sha256.slice(0, 8)}`, sha256, new Date(Date.now() - daysAgo * DAY_MS), bytes],
  );
  return sha256;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function inDatabase(): Promise<string[]> {
  const rows = await query<{ content_hash: string }>(
    pool,
    "SELECT content_hash FROM raw_document WHERE bytes IS NOT NULL ORDER BY fetched_at",
  );
  return rows.map(({ content_hash }) => content_hash);
}

const problemNow = async () => (await readArchiveNow(pool, readRunFile(dataDir), instantFromMs(Date.now()))).problem;
/** What `ballast archive` does, in this process. */
function archive(dir = folder) {
  const now = instantFromMs(Date.now());
  return archiveTurn(pool, new FolderArchive(dir), keepDaysOf([deployment]), { dueAt: now, now });
}

describe("the archive of a run, with two pages that had to go and one that stays", () => {
  let stays: string;
  let gone: string[];

  beforeAll(async () => {
    gone = [await fetched(47.001), await fetched(47)];
    stays = await fetched(10);
  });

  it("says what is wrong while its folder is not there, and takes them, in a process of its own, when it tries again after 5 min", async () => {
    const [said, alarms] = [[] as string[], [] as string[]];
    const ended = new AbortController();
    // behind the real clock, by which the command goes
    let nowMs = Date.now() - 1_200_000;
    const watch = watchArchive({
      dataDir,
      pool,
      say: (line) => said.push(line),
      alarm: (line) => alarms.push(line),
      signal: ended.signal,
      nowMs: () => nowMs,
      everyMs: 20,
    });
    await vi.waitFor(() => expect(alarms).toHaveLength(1), { timeout: 50_000 });
    expect(alarms[0]).toMatch(/do not go to the archive: the archive \S+ is not there: mount it, or make it/);
    expect(alarms[0]).toMatch(/\(exit code 2\); tried again in 5 min$/);
    expect(await problemNow()).toMatch(/is not there: mount it/);
    expect(await inDatabase()).toEqual([...gone, stays]);
    mkdirSync(folder);
    nowMs += 299_000;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([alarms.length, said.length]).toEqual([1, 0]);
    nowMs += 2_000;
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(0), { timeout: 50_000 });
    ended.abort();
    await watch;
    expect(said[0]).toMatch(
      /^Archive of \d{4}-\d\d-\d\d: [12] documents have left the database; \d+ bytes written in /,
    );
    expect(alarms).toHaveLength(1);
    await archive();
    expect(await inDatabase()).toEqual([stays]);
    expect(await problemNow()).toBeUndefined();
    const kept = new FolderArchive(folder);
    for (const sha256 of gone) expect(kept.find(sha256)).toHaveProperty("bytes");
  });

  it("is refused by hand while another is at work, and in a folder that does not hold what left last", async () => {
    expect(await whileAlone(pool, ADVISORY_LOCKS.archive, () => archive())).toBe("busy");
    const other = join(root, "other");
    mkdirSync(other);
    await expect(archive(other)).rejects.toThrow(`${other} is not the archive to which documents have gone before`);
    renameSync(folder, join(root, "elsewhere"));
    await expect(archive()).rejects.toThrow(`${folder} is not there: mount it`);
    expect(await archive(join(root, "elsewhere"))).toMatchObject({ documents: 0 });
    renameSync(join(root, "elsewhere"), folder);
  });

  it("leaves a page whose bytes are not those of its hash, names it, and takes the others behind it", async () => {
    const forged = await fetched(60, Buffer.from("other bytes"), "ab".repeat(32));
    const behind = await fetched(50);
    await expect(archive()).rejects.toThrow(
      /1 documents have gone, 1 stay, .*dashboard\/daily-prc page abababab: SHA-256 .* instead of abab/,
    );
    expect(await inDatabase()).toEqual([forged, stays]);
    expect(new FolderArchive(folder).find(behind)).toHaveProperty("bytes");
    expect(await problemNow()).toContain("1 stay");
    expect(await lastArchiveRun(pool)).toMatchObject({ documents: 1 });
    await query(createOwner(), "DELETE FROM raw_document WHERE content_hash = $1", [forged]);
  });

  it("on a disk without room says so, and takes the page once there is room", async () => {
    const big = await fetched(50, randomBytes(20_000));
    const cli = join(import.meta.dirname, "../../src/app/cli.ts");
    const { status, stderr } = spawnSync(
      "bash",
      ["-c", `ulimit -f 4; exec "$0" "$@"`, process.execPath, cli, "archive", "--run", dataDir],
      { encoding: "utf8", env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" } },
    );
    expect(stderr).toMatch(/there is no room in the archive \S+ \(EFBIG\): make\s+some, .* stays in the database/);
    expect(status).toBe(2);
    expect(await inDatabase()).toContain(big);
    expect(await archive()).toMatchObject({ documents: 1 });
    expect(await inDatabase()).toEqual([stays]);
  });

  it("killed at work loses no page: the next one takes what is left, and every page is there byte for byte", async () => {
    const pages: string[] = [];
    for (let i = 0; i < 300; i++) pages.push(await fetched(50 + i / 1_000, randomBytes(2_000)));
    const child = startBallast(["archive", "--run", dataDir]);
    const files = () => readdirSync(folder, { recursive: true }).length;
    const before = files();
    await vi.waitFor(() => expect(files()).toBeGreaterThan(before + 20), { timeout: 50_000, interval: 5 });
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    expect((await inDatabase()).length).toBeGreaterThan(1);
    // the server lets go of the dead process a moment later
    await expect.poll(() => archive(), { timeout: 50_000 }).not.toBe("busy");
    expect(await inDatabase()).toEqual([stays]);
    const kept = new FolderArchive(folder);
    expect(pages.filter((sha256) => "problem" in kept.find(sha256))).toEqual([]);
  });
});

let owner: Pool | undefined;
function createOwner(): Pool {
  return (owner ??= createPool(database.url, 1));
}
afterAll(() => owner?.end());
