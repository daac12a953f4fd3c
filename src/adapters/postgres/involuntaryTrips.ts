import { type InvoluntaryTripInput, TRIPS_MAX } from "../../domain/inputs/involuntaryTrip.ts";
import type { InvoluntaryTrips } from "../../ports/involuntaryTrips.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { type Pool, type PoolClient, query } from "./pool.ts";

/** Involuntary trips in PostgreSQL; the store of decisions marks those that are taken up. */
export function postgresInvoluntaryTrips(pool: Pool): InvoluntaryTrips {
  return {
    async keep(siteId, trip) {
      await query(
        pool,
        `INSERT INTO involuntary_trip (site_id, trip_id, at, input) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [siteId, trip.id, trip.at, JSON.stringify(trip)],
      );
    },

    untaken: (siteId) => untakenTrips(pool, siteId),
  };
}

/**
 * Trips of a site that no decision has taken up, the newest 20, ascending. @throws PortUnavailableError when the
 * database is away
 */
export async function untakenTrips(on: Pool | PoolClient, siteId: SiteId): Promise<readonly InvoluntaryTripInput[]> {
  const rows = await query<{ input: InvoluntaryTripInput }>(
    on,
    `SELECT input FROM involuntary_trip WHERE site_id = $1 AND sequence IS NULL ORDER BY trip_no DESC LIMIT $2`,
    [siteId, TRIPS_MAX],
  );
  return rows.map(({ input }) => input).toReversed();
}
