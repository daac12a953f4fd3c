import { instantFromMs } from "../../domain/units/instant.ts";
import { marketTime, type RealClock } from "../../domain/units/marketTime.ts";
import type { ClockWitness } from "../../ports/clockWitness.ts";
import type { Pool } from "./pool.ts";
import { databaseTime } from "./serverTime.ts";

/** The database server's clock as the witness of a run's clock. */
export function postgresClockWitness(pool: Pool, clock: RealClock | { readonly kind: "paced" }): ClockWitness {
  return {
    now: async () => (clock.kind === "paced" ? undefined : marketTime(clock, (await databaseTime(pool)).theirsMs)),
    realNow: async () => instantFromMs((await databaseTime(pool)).theirsMs),
  };
}
