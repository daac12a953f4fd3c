import type { SiteInput } from "../domain/inputs/facts.ts";
import type { SiteId } from "../domain/units/ids.ts";

/**
 * Facts of a site that cannot change a decision alone: each waits for the site's next SCED run and rides in its signal.
 * Of a kind, or of each source of a kind that is known by source, only the newest waits. Methods throw
 * PortUnavailableError when the database is away.
 */
export interface RidingFacts {
  /**
   * Keep a fact for its ride with each site, in place of an older one like it. An older one than the kept changes
   * nothing. Throws PortDataError for one that does not ride.
   */
  keep(siteIds: readonly SiteId[], fact: SiteInput): Promise<void>;
  /** What waits for a ride, by site. */
  waiting(siteIds: readonly SiteId[]): Promise<ReadonlyMap<string, readonly SiteInput[]>>;
  /** These were told, by site: they ride no more. */
  told(facts: ReadonlyMap<SiteId, readonly SiteInput[]>): Promise<void>;
}
