import type { SitePlan } from "../domain/decision/model.ts";
import type { SettlementTerms } from "../domain/settlement/dayTerms.ts";
import type { MeterId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MeterReadings } from "./meterReadings.ts";

/** One site as a process is configured for it. */
export interface BookedSite {
  readonly plan: SitePlan;
  /** Meter whose power proves the site's megawatts. */
  readonly siteMeterId: MeterId;
  /** All its meters, the site's own among them; ids are the site's own. */
  readonly meterIds: readonly MeterId[];
  readonly meters: MeterReadings;
  /** Set once it is retired, market time: its last operating day is metered to its end, its money stays known. */
  readonly retiredAt?: Instant;
  /** What its money follows from, beside the facts of a day. */
  readonly terms: SettlementTerms;
}

/** The sites that a process serves, as far as a reader of it needs them. */
export interface SiteBook<Part extends keyof BookedSite = keyof BookedSite> {
  /** Undefined for a site that the process does not serve. */
  get(siteId: SiteId): Pick<BookedSite, Part> | undefined;
  /** The ids of all of them. */
  keys(): Iterable<string>;
}
