import type { CohortId, MachineId, SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/** Who drew power as a survey of a site found it. */
export interface DrawSurvey {
  /** When it began. */
  readonly at: Instant;
  /** What each machine drew, W. */
  readonly machines: readonly { readonly machineId: MachineId; readonly cohortId: CohortId; readonly drawsW: number }[];
}

/**
 * The newest surveys of each site, for the worker after this one. Methods throw PortUnavailableError when the database
 * is away.
 */
export interface SurveyStore {
  /** Keeps a survey as the newest, and no more than `most` in all. Those dated after it are of a clock set back. */
  keep(siteId: SiteId, survey: DrawSurvey, most: number): Promise<void>;
  /** What is kept, ascending; of machines that drew power. */
  kept(siteId: SiteId): Promise<readonly DrawSurvey[]>;
}
