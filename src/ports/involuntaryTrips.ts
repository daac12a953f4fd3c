import type { InvoluntaryTripInput } from "../domain/inputs/involuntaryTrip.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** Involuntary trips that were found. Methods throw PortUnavailableError when the database is away. */
export interface InvoluntaryTrips {
  /** Before the site is told; kept again under the same id, it counts once. */
  keep(siteId: SiteId, trip: InvoluntaryTripInput): Promise<void>;
  /** Those that no decision has taken up, the newest 20, as they were told, ascending. */
  untaken(siteId: SiteId): Promise<readonly InvoluntaryTripInput[]>;
}
