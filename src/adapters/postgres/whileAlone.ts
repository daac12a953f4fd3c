import type { ADVISORY_LOCKS } from "./advisoryLocks.ts";
import { asPortError, type Pool, type PoolClient, query } from "./pool.ts";

/**
 * Does one thing while nobody else in the database does the same; "busy", with nothing done, when somebody does. The
 * connection that `work` gets holds the lock: what is asked over it fails once the lock is lost. The server lets go of
 * whoever dies. @throws what `work` throws; PortUnavailableError when the database is away
 */
export async function whileAlone<T>(
  pool: Pool,
  lock: (typeof ADVISORY_LOCKS)[keyof typeof ADVISORY_LOCKS],
  work: (client: PoolClient) => Promise<T>,
): Promise<T | "busy"> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asPortError(error);
  });
  let broken: Error | undefined;
  const heard = (error: Error): void => void (broken = error);
  client.on("error", heard);
  try {
    const [answer] = await query<{ taken: boolean }>(client, "SELECT pg_try_advisory_lock($1) AS taken", [lock]);
    if (answer?.taken !== true) return "busy";
    try {
      return await work(client);
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [lock]).catch((error: Error) => void (broken = error));
    }
  } finally {
    client.off("error", heard);
    client.release(broken);
  }
}
