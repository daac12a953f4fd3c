import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import {
  BACKUP_SESSION,
  type BackupTable,
  backupTables,
  copyIn,
  copyOut,
  migrationsOf,
  quoted,
} from "./backupTables.ts";
import type { Pool, PoolClient } from "./pool.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

const MANIFEST = "backup.json";

/** What a backup holds: of each table the rows and the SHA-256 of their text, as PostgreSQL's COPY writes it. */
export interface BackupManifest {
  readonly schema: "ballast.backup/1";
  readonly createdAt: string;
  readonly migrations: readonly string[];
  readonly tables: readonly TableEntry[];
}

interface TableEntry {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sha256: string;
}

/** A backup that cannot be written, read or restored: what, where, and what to do. */
export class BackupError extends Error {
  override name = "BackupError";
}

/**
 * Write every table of a database into a folder that is made for it, as it stood at one moment, while others go on
 * writing: a gzipped text file a table, and a manifest last; each on disk, to its last byte, when it returns.
 * @throws BackupError when the folder exists.
 */
export async function backup(pool: Pool, folder: string, createdAt: Date): Promise<BackupManifest> {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) === undefined)
    throw new BackupError(`${folder} exists already: a backup is written into a new folder`);
  const manifest = await inTransaction(pool, "REPEATABLE READ, READ ONLY", async (client) => {
    const tables: TableEntry[] = [];
    for (const table of await backupTables(client)) {
      const out = client.query(copyTo(copyOut(table)));
      const counted = countedText();
      const file = createWriteStream(fileOf(folder, table.name), { mode: 0o600, flags: "wx", flush: true });
      await pipeline(out, counted.through, createGzip(), file);
      tables.push({ name: table.name, columns: [...table.columns], ...counted.seen() });
    }
    const migrations = await migrationsOf(client);
    return { schema: "ballast.backup/1" as const, createdAt: createdAt.toISOString(), migrations, tables };
  });
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  writeFileSync(join(folder, MANIFEST), text, { mode: 0o600, flag: "wx", flush: true });
  return manifest;
}

/**
 * Read a backup into an empty database of the same schema, in one transaction: all of it, with the counts and hashes of
 * its manifest when it is written out again, or nothing. `owner` connects as the database's owner. @throws BackupError
 * when the database is not empty or of another schema, or the backup is not what its manifest says.
 */
export async function restore(owner: Pool, folder: string): Promise<BackupManifest> {
  const manifest = readManifest(folder);
  await inTransaction(owner, "SERIALIZABLE", async (client) => {
    const tables = await backupTables(client);
    await checkTarget(client, tables, manifest);
    for (const table of tables) await readTable(client, table, folder, entryOf(manifest, table));
    for (const table of tables) await checkTable(client, table, entryOf(manifest, table));
  });
  return manifest;
}

async function checkTarget(
  client: PoolClient,
  tables: readonly BackupTable[],
  manifest: BackupManifest,
): Promise<void> {
  const migrations = await migrationsOf(client);
  if (!sameValue(migrations, manifest.migrations))
    throw new BackupError(
      `the backup is of schema ${manifest.migrations.at(-1)}, this program's is ${migrations.at(-1)}; restore it ` +
        `with the release that wrote it, then start the newer one on what was restored`,
    );
  const shape = (list: readonly { name: string; columns: readonly string[] }[]): string =>
    JSON.stringify(list.map(({ name, columns }) => [name, columns]).toSorted());
  if (shape(tables) !== shape(manifest.tables))
    throw new BackupError(
      `the tables of the backup are not those of its schema: ${manifest.tables.map((t) => t.name).join(", ")}`,
    );
  for (const { name } of tables) {
    const { rowCount } = await client.query(`SELECT FROM public.${quoted(name)} LIMIT 1`);
    if (rowCount !== 0)
      throw new BackupError(
        `table ${name} of the database holds rows: a backup is restored into an empty database only; choose a new ` +
          `data folder, or a new database in BALLAST_DATABASE_URL`,
      );
  }
}

async function readTable(client: PoolClient, table: BackupTable, folder: string, entry: TableEntry): Promise<void> {
  const into = client.query(copyFrom(copyIn(table)));
  const counted = countedText();
  try {
    await pipeline(createReadStream(fileOf(folder, table.name)), createGunzip(), counted.through, into);
  } catch (error) {
    throw new BackupError(`${fileOf(folder, table.name)} cannot be restored: ${(error as Error).message}`, {
      cause: error,
    });
  }
  mustBe(entry, counted.seen(), `${fileOf(folder, table.name)} is not what the manifest says`);
  if (table.identity !== undefined)
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), greatest(max(${quoted(table.identity)}), 1), count(*) > 0) FROM ` +
        `public.${quoted(table.name)}`,
      [`public.${quoted(table.name)}`, table.identity],
    );
}

/** What was restored, written out again, is what was backed up. */
async function checkTable(client: PoolClient, table: BackupTable, entry: TableEntry): Promise<void> {
  const counted = countedText();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(client.query(copyTo(copyOut(table))), counted.through, nowhere);
  mustBe(entry, counted.seen(), `table ${table.name} was not restored as it was backed up`);
}

function mustBe(wanted: { rows: number; sha256: string }, got: { rows: number; sha256: string }, what: string): void {
  if (wanted.rows !== got.rows || wanted.sha256 !== got.sha256)
    throw new BackupError(
      `${what}: expected ${wanted.rows} rows with SHA-256 ${wanted.sha256}, found ${got.rows} with ${got.sha256}; ` +
        `nothing was restored`,
    );
}

/** Passes COPY's text on and counts its lines, each a row: a line feed inside a value is written as \n. */
function countedText(): { through: Transform; seen(): { rows: number; sha256: string } } {
  const hash: Hash = createHash("sha256");
  let rows = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows++;
      done(undefined, chunk);
    },
  });
  return { through, seen: () => ({ rows, sha256: hash.digest("hex") }) };
}

/** What a backup says of itself. @throws BackupError when the folder has no whole manifest. */
export function readManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST);
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Partial<BackupManifest> | null;
    const texts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === "string");
    const isWhole =
      found?.schema === "ballast.backup/1" &&
      typeof found.createdAt === "string" &&
      texts(found.migrations) &&
      Array.isArray(found.tables) &&
      found.tables.every((one) => texts([one?.name, one?.sha256]) && texts(one.columns) && Number.isInteger(one.rows));
    if (!isWhole) throw new Error("expected schema ballast.backup/1 with createdAt, migrations and tables");
    return found as BackupManifest;
  } catch (error) {
    throw new BackupError(
      `${path} is not the manifest of a backup: ${(error as Error).message}; name the folder that ballast backup wrote`,
      { cause: error },
    );
  }
}

function entryOf(manifest: BackupManifest, { name }: BackupTable): TableEntry {
  const entry = manifest.tables.find((one) => one.name === name);
  if (entry === undefined) throw new BackupError(`the backup has no table ${name}`);
  return entry;
}

function fileOf(folder: string, table: string): string {
  return join(folder, `${table}.copy.gz`);
}

async function inTransaction<T>(pool: Pool, mode: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${mode}`);
    await client.query(BACKUP_SESSION);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A COPY that was broken off leaves a connection that nobody else may use.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}
