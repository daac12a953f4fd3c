import pg from "pg";
import { PortUnavailableError } from "../../ports/errors.ts";
import { type Instant, instantFromMs } from "../../domain/units/instant.ts";

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** SQLSTATE classes and codes that another try can cure: connection, resources, shutdown, serialisation. */
const RETRYABLE = /^(08|53|57P|40001|40P01)/;

/** The server ends a statement first; whoever waits longer waits for a server that is gone without a word. */
const STATEMENT_MS_MAX = 60_000;
const ANSWER_MS_MAX = 75_000;
/** A backup reads and writes whole tables, for as long as it takes. */
export const WITHOUT_LIMIT_MS = 0;

/**
 * A pool with explicit limits. Idle errors are the next query's to report. A statement that is not answered within
 * `answerWithinMs` counts as lost and so does its connection: a server behind a network that forgets connections says
 * nothing at all.
 */
export function createPool(databaseUrl: string, connectionsMax = 10, answerWithinMs = ANSWER_MS_MAX): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    connectionTimeoutMillis: 10_000,
    statement_timeout: STATEMENT_MS_MAX,
    query_timeout: answerWithinMs,
    // The server, too, gives up a connection that was forgotten amid a transaction, and its locks.
    idle_in_transaction_session_timeout: answerWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
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
  return rowsOf<Row>(on, { text, values: [...values] });
}

/**
 * Run one statement that is run all day long and whose plan no value and no growth of a table changes, such as a write
 * by a primary key: the server reads and plans it once a connection. One `name` always has the same text.
 * @throws PortUnavailableError when the database is away, whatever it says otherwise.
 */
export async function plannedQuery<Row extends pg.QueryResultRow>(
  on: Pool | PoolClient,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return rowsOf<Row>(on, { name, text, values: [...values] });
}

async function rowsOf<Row extends pg.QueryResultRow>(on: Pool | PoolClient, query: pg.QueryConfig): Promise<Row[]> {
  try {
    return (await on.query<Row>(query)).rows;
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
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    const said = asPortError(error);
    // A connection that does not answer is not asked to roll back: its end does.
    if (said instanceof PortUnavailableError) broken = said;
    else await client.query("ROLLBACK").catch((cause: Error) => void (broken = cause));
    throw said;
  } finally {
    client.off("error", heard);
    client.release(broken);
  }
}

/** A timestamptz of the driver as an instant. */
export function instantOf(date: Date): Instant {
  return instantFromMs(date.getTime());
}

/** An error of the driver, as PortUnavailableError where the database is away; any other as it is. */
export function asPortError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const lost = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|timeout exceeded|read timeout/.test(
    `${code} ${error.message}`,
  );
  if (!lost && !RETRYABLE.test(code)) return error;
  return new PortUnavailableError(`PostgreSQL is away (${code || "connection lost"}): ${error.message}`, {
    cause: error,
  });
}
