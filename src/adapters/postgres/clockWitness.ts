import { instantFromMs } from "../../domain/units/instant.ts";
import { marketTime, type RealClock } from "../../domain/units/marketTime.ts";
import type { ClockWitness } from "../../ports/clockWitness.ts";
import { type Pool, query } from "./pool.ts";

/** The database server's clock as the witness of a run's clock. */
export function postgresClockWitness(pool: Pool, clock: RealClock | { readonly kind: "paced" }): ClockWitness {
  return {
    now: async () => (clock.kind === "paced" ? undefined : marketTime(clock, (await databaseTime(pool)).theirsMs)),
    realNow: async () => instantFromMs((await databaseTime(pool)).theirsMs),
  };
}

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
