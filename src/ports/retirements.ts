import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/** Who took a site out of service for good, when (market time) and why. */
export interface Retirement {
  readonly siteId: SiteId;
  readonly actor: string;
  readonly reason: string;
  readonly at: Instant;
}

/** The sites of a book that are retired. Throws PortUnavailableError when they cannot be read or written. */
export interface Retirements {
  /** Keeps that a site is retired, once: asked again, the first word stands. */
  keep(retirement: Retirement): Promise<void>;
  /** Undefined for a site that is not. */
  of(siteId: SiteId): Promise<Retirement | undefined>;
}
