import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Pool } from "./pool.ts";

/** Checks that a PostgreSQL of the user's own answers. Throws, naming the variable, when it does not. */
export async function checkDatabase(url: string): Promise<void> {
  const client = clientOf(url);
  try {
    await client.connect();
    await client.query("select 1");
  } catch (error) {
    throw new Error(
      `BALLAST_DATABASE_URL is set but its PostgreSQL does not answer: ${(error as Error).message}; start it, ` +
        `correct the variable or unset it`,
    );
  } finally {
    await client.end().catch(() => {}); // a client that never connected has nothing to end
  }
}

function clientOf(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  } catch {
    // what the library says may hold the password
    throw new Error(
      "BALLAST_DATABASE_URL is no address of a PostgreSQL; expected postgres://account:password@host:port/database, " +
        "with %40 for an @ in the password",
    );
  }
}

/**
 * One try: true when the server answered and the database is there, made where it was missing; false while the server
 * is still starting. @throws the server's own error for anything else.
 */
export async function isPrepared(url: string, database: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
    return true;
  } catch (error) {
    const stillStarting = ["ECONNREFUSED", "ECONNRESET", "57P03"];
    if (!stillStarting.includes((error as { code?: string }).code ?? "")) throw error;
    await pause(50);
    return false;
  } finally {
    await client.end().catch(() => {}); // a client that never connected has nothing to end
  }
}

/** Resolves when the pool's database answers. @throws the server's or the network's own error when it does not. */
export async function answers(pool: Pool): Promise<void> {
  await pool.query("select 1");
}
