import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { ADVISORY_LOCKS } from "./advisoryLocks.ts";

/** The server notices the end of a holder that was killed within moments. */
const LET_GO_WITHIN_MS = 3_000;
const TRY_EVERY_MS = 250;
const LOOK_EVERY_MS = 30_000;
const AGAIN_AFTER_MS = 1_000;
const ANSWER_WITHIN_MS = 30_000;
const GOODBYE_MS = 1_000;

/** A database that this process alone runs a site on. */
export interface DatabaseHold {
  /** Rejects when the connection was lost and another start has the database by then. Never resolves. */
  readonly taken: Promise<never>;
  /** Lets others have it. */
  release(): Promise<void>;
}

/** Somebody else has the database. */
class DatabaseHeldError extends Error {}

/**
 * Take a database for this process for as long as it runs. The hold is a session's own: it ends with the process
 * whatever ends it, and is taken again when the server was away. @throws Error, with who has it and what to do, when
 * another start holds it; the driver's errors when the server does not answer
 */
export async function holdDatabase(ownerUrl: string, letGoWithinMs = LET_GO_WITHIN_MS): Promise<DatabaseHold> {
  const ended = new AbortController();
  const taken = Promise.withResolvers<never>();
  taken.promise.catch(() => undefined);
  const first = await heldSession(ownerUrl, letGoWithinMs);
  const keeping = keep(first);
  return {
    taken: taken.promise,
    release: async () => {
      ended.abort();
      await keeping;
    },
  };

  async function keep(session: pg.Client): Promise<void> {
    for (let held: pg.Client | undefined = session; held !== undefined; held = await again()) {
      await untilLost(held, ended.signal);
      // A server that stands still says no goodbye.
      await Promise.race([held.end().catch(() => undefined), delay(GOODBYE_MS, undefined, { ref: false })]);
    }
  }

  /** Undefined when told to end, or when another start has the database. */
  async function again(): Promise<pg.Client | undefined> {
    while (!ended.signal.aborted) {
      try {
        return await heldSession(ownerUrl, letGoWithinMs);
      } catch (error) {
        if (error instanceof DatabaseHeldError) {
          taken.reject(error);
          return undefined;
        }
      }
      await delay(AGAIN_AFTER_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    return undefined;
  }
}

/** Resolves when the session has ended or does not answer, or at the signal. */
async function untilLost(session: pg.Client, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => void session.once("end", resolve));
  while (!signal.aborted) {
    await Promise.race([gone, delay(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)]);
    if (signal.aborted) return;
    try {
      await session.query("SELECT 1");
    } catch {
      return;
    }
  }
}

async function heldSession(ownerUrl: string, letGoWithinMs: number): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: ownerUrl,
    connectionTimeoutMillis: 10_000,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    application_name: `ballast, process ${process.pid} on ${hostname()}`,
  });
  // Whoever uses the session hears of its end by the next query.
  session.on("error", () => undefined);
  await session.connect();
  try {
    // The hold of a machine that is gone without a word ends within a minute.
    await session.query("SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3");
    const untilMs = performance.now() + letGoWithinMs;
    while (!(await isTaken(session))) {
      if (performance.now() > untilMs) throw await heldError(session);
      await delay(TRY_EVERY_MS);
    }
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

async function isTaken(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [
    ADVISORY_LOCKS.site,
  ]);
  return rows[0]?.taken === true;
}

async function heldError(session: pg.Client): Promise<DatabaseHeldError> {
  const { rows } = await session.query<{ holder: string; since: Date; database: string }>(
    `SELECT a.application_name AS holder, a.backend_start AS since, current_database() AS database
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [ADVISORY_LOCKS.site],
  );
  const who = rows[0] === undefined ? "another start" : `${rows[0].holder}, since ${rows[0].since.toISOString()}`;
  return new DatabaseHeldError(
    `the database is in use by another start of Ballast (${who}), and one at a time runs its site: end that one ` +
      `first, or give this start a database of its own`,
  );
}
