import type { StopContact } from "../domain/inputs/stopContact.ts";
import type { CohortId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/** The stop that was asked for a contact. */
export interface AskedStop {
  /** The beginning of the state for which it was asked. */
  readonly since: Instant;
  /** Market time. Asked again until the site has decided, it is the same request. */
  readonly askedAt: Instant;
  readonly isDecided: boolean;
}

/** A stop input as it is kept. */
export interface KeptStopInput {
  readonly inputId: string;
  readonly contact: StopContact;
  /** Real seconds since somebody kept what it shows, by the database's clock. */
  readonly keptSecondsAgo: number;
  readonly asked?: AskedStop;
}

/** What stop inputs showed, and the stops asked for them. Each throws PortUnavailableError without database. */
export interface StopInputs {
  all(siteId: SiteId): Promise<readonly KeptStopInput[]>;
  /** What a contact shows; what was asked for it stays. */
  keep(siteId: SiteId, inputId: string, contact: StopContact): Promise<void>;
  /** A stop that is about to be asked, or that the site has decided on. */
  asking(siteId: SiteId, inputId: string, asked: AskedStop): Promise<void>;
}

/** Who holds machines of a site down, for whoever would let them start again. */
export interface StopHolds {
  /** Why a cohort, or the site where none is named, may not start: a stop input holds it. Undefined when it may. */
  holding(siteId: SiteId, cohortId: CohortId | undefined): Promise<string | undefined>;
}
