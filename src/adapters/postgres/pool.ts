import pg from "pg";
import { PortUnavailableError } from "../../ports/errors.ts";
import { type Instant, instantFromMs } from "../../domain/units/instant.ts";

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** SQLSTATE classes and codes that another try can cure: connection, resources, shutdown, serialisation. */
const RETRYABLE = /^(08|53|57P|40001|40P01)/;

/** A pool with explicit limits. Idle errors are the next query's to report. */
export function createPool(databaseUrl: string, connectionsMax = 10): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    application_name: "ballast",
  });
  // A dropped idle connection is replaced by the pool; the next query reports a database that is really away.
  pool.on("error", () => undefined);
  return pool;
}

/** Run one statement. @throws PortUnavailableError when the database is away, whatever it says otherwise. */
export async function query<Row extends pg.QueryResultRow>(
  on: Pool | PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return (await on.query<Row>(text, [...values])).rows;
  } catch (error) {
    throw asPortError(error);
  }
}

/**
 * Run `work` in one transaction: all of it is committed, or none. @throws what `work` throws; PortUnavailableError when
 * the database is away.
 */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asPortError(error);
  });
  // A connection that breaks says so twice: to the query under way, which reports it, and as an event that nobody else
  // hears.
  const heard = (): void => undefined;
  client.on("error", heard);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw asPortError(error);
  } finally {
    client.off("error", heard);
    client.release();
  }
}

/** A timestamptz of the driver as an instant. */
export function instantOf(date: Date): Instant {
  return instantFromMs(date.getTime());
}

function asPortError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const lost = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|timeout exceeded/.test(
    `${code} ${error.message}`,
  );
  if (!lost && !RETRYABLE.test(code)) return error;
  return new PortUnavailableError(`PostgreSQL is away (${code || "connection lost"}): ${error.message}`, {
    cause: error,
  });
}
