import type { StopInput } from "../domain/inputs/safetyStops.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** What became of a safety stop, or its end, at its site. */
export interface StopOutcome {
  /** Of the decision that took it up. */
  readonly sequence?: number;
  /** Why the site refused it, for a person. */
  readonly refusal?: string;
}

/** A safety stop, or its end, that came through a door, as it is kept for its site. */
export interface KeptStop {
  readonly messageNo: string;
  readonly siteId: SiteId;
  readonly input: StopInput;
  /** Absent while the site has not been told. */
  readonly told?: StopOutcome;
}

/** Safety stops of the doors. Append-only. Each method throws PortUnavailableError without database. */
export interface DoorStops {
  /**
   * Stops that their sites have not been told, in the order in which they came, of each site at most the newest
   * `stopsMaxPerSite`. An end is told when it comes or not at all, for it might end what was stopped since. A stop that
   * was ended since is told to nobody.
   */
  untold(stopsMaxPerSite: number): Promise<readonly KeptStop[]>;
  /** A site has decided on it, or has refused it for good. The first word counts. */
  told(messageNo: string, outcome: StopOutcome): Promise<void>;
}
