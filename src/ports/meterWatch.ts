import type { GridInstruction } from "../domain/inputs/gridInstruction.ts";
import type { StandingTrip } from "../domain/inputs/involuntaryTrip.ts";
import type { CohortId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MeterLook } from "../domain/verification/loadFall.ts";
import type { ClockVerdict, RunningClock } from "../domain/verification/responseClock.ts";

/** The clock of an instruction as it is kept; its verdict is absent while it runs. */
export interface KeptClock extends RunningClock {
  readonly clockId: string;
  readonly instructionId: string;
  /** Absent where an older program kept it. */
  readonly issuer?: string;
  readonly revision: number;
  readonly product?: string;
  /** What it is of; the whole site where absent. */
  readonly cohortIds?: readonly CohortId[];
  readonly verdict?: ClockVerdict;
  readonly closedAt?: Instant;
}

/** What of a site a look at its meter goes by. */
export interface WatchedSite {
  /** Of the newest decision. */
  readonly instructions: readonly GridInstruction[];
  readonly trips: readonly StandingTrip[];
  /** Cohorts to which no command goes: people may be at them. */
  readonly frozenCohorts: readonly CohortId[];
  /** The newest revision that has begun; absent before the first. */
  readonly revision?: number;
  /** That one has no verdict yet. */
  readonly isDispatching: boolean;
  /** When the last dispatch closed; absent before the first. */
  readonly dispatchedAt?: Instant;
}

/** What the watch of a site's meter knows and keeps. Methods throw PortUnavailableError when the database is away. */
export interface MeterWatch {
  site(siteId: SiteId): Promise<WatchedSite>;
  /** The first look of an instant stands; that commands of a revision followed it is added. */
  keepLook(siteId: SiteId, look: MeterLook): Promise<void>;
  /** Ascending. */
  looksSince(siteId: SiteId, since: Instant): Promise<readonly MeterLook[]>;
  /** Looks before an instant are needed no more. */
  forget(siteId: SiteId, before: Instant): Promise<void>;
  /** Begins a clock, once. */
  openClock(siteId: SiteId, clock: KeptClock): Promise<void>;
  /** Gives a clock its verdict, once. */
  closeClock(siteId: SiteId, clockId: string, verdict: ClockVerdict, at: Instant): Promise<void>;
  /** Clocks that run, and those that began since, by their start. */
  clocks(siteId: SiteId, since: Instant): Promise<readonly KeptClock[]>;
}
