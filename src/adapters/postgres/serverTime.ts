import { type Pool, query } from "./pool.ts";

/**
 * Time of the database server, and this machine's just before the question and just after the answer, ms since 1970.
 * @throws PortUnavailableError when the database is away.
 */
export async function databaseTime(
  pool: Pool,
): Promise<{ readonly askedMs: number; readonly theirsMs: number; readonly answeredMs: number }> {
  const askedMs = Date.now();
  const [row] = await query<{ at: Date }>(pool, "SELECT clock_timestamp() AS at", []);
  return { askedMs, theirsMs: (row as { at: Date }).at.getTime(), answeredMs: Date.now() };
}
