import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { ADVISORY_LOCKS } from "./advisoryLocks.ts";

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../sql", import.meta.url));

/** Holds the rights; nobody logs in as it. Roles belong to the whole cluster, tables to one database. */
const APP_ROLE = "ballast_app";
const NAME_BYTES_MAX = 63;

/**
 * Bring a database to the newest schema (numbered files in `sql/`) and give the application's login its password.
 * `ownerUrl` connects as the owner; returns the URL under which the application connects. The login is the database's
 * own, so that a cluster serves several databases and none changes another's password.
 */
export async function migrate(ownerUrl: string, appPassword: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCKS.migration]);
    await ensureRole(client, APP_ROLE);
    await runner({
      dbClient: client,
      dir: MIGRATIONS_DIR,
      migrationsTable: "schema_migration",
      direction: "up",
      checkOrder: true,
      noLock: true,
      log: () => undefined,
    });
    const { rows } = await client.query<{ database: string }>("SELECT current_database() AS database");
    const login = loginOf((rows[0] as { database: string }).database);
    await ensureRole(client, login);
    const name = client.escapeIdentifier(login);
    await client.query(`GRANT ${APP_ROLE} TO ${name}`);
    await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(appPassword)}`);
    const url = new URL(ownerUrl);
    url.username = login;
    url.password = appPassword;
    return url.toString();
  } finally {
    await client.end();
  }
}

/**
 * Take a database for a book of sites, for good, and return the id that tells it from other databases of that book.
 * @throws Error, with what to do, when it is another book's: the two would take turns at feed cursors and sites.
 */
export async function claimForBook(ownerUrl: string, bookId: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO book (book_id) VALUES ($1) ON CONFLICT DO NOTHING", [bookId]);
    const { rows } = await client.query<{ book_id: string; ledger_id: string; database: string }>(
      "SELECT book_id, ledger_id, current_database() AS database FROM book",
    );
    const holder = rows[0];
    if (holder?.book_id !== bookId)
      throw new Error(
        `database "${holder?.database}" holds book ${holder?.book_id}, and a database serves one book, or one site ` +
          `that runs by itself; give ${bookId} another data folder, or a database of its own: CREATE DATABASE on ` +
          `the same cluster, named in BALLAST_DATABASE_URL`,
      );
    return holder.ledger_id;
  } finally {
    await client.end();
  }
}

/** The application's login for a database, within PostgreSQL's length of a name. */
function loginOf(database: string): string {
  const login = `${APP_ROLE}_${database}`;
  if (Buffer.byteLength(login) <= NAME_BYTES_MAX) return login;
  return `${APP_ROLE}_${createHash("sha256").update(database).digest("hex").slice(0, 32)}`;
}

/** Another database of the cluster may be making the same role at this moment. */
async function ensureRole(client: pg.Client, role: string): Promise<void> {
  await client.query(`DO $do$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${client.escapeLiteral(role)}) THEN
      CREATE ROLE ${client.escapeIdentifier(role)} NOLOGIN;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $do$`);
}
