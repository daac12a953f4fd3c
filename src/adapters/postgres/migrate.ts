import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../sql", import.meta.url));

/**
 * Bring a database to the newest schema (numbered files in `sql/`) and give the application role its password.
 * `ownerUrl` connects as the owner; returns the URL under which the application connects as `ballast_app`.
 */
export async function migrate(ownerUrl: string, appPassword: string): Promise<string> {
  await runner({
    databaseUrl: ownerUrl,
    dir: MIGRATIONS_DIR,
    migrationsTable: "schema_migration",
    direction: "up",
    checkOrder: true,
    log: () => undefined,
  });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`ALTER ROLE ballast_app LOGIN PASSWORD ${client.escapeLiteral(appPassword)}`);
  } finally {
    await client.end();
  }
  const url = new URL(ownerUrl);
  url.username = "ballast_app";
  url.password = appPassword;
  return url.toString();
}
