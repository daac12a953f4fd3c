import type { KnownFacts } from "../inputs/facts.ts";
import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortState } from "./model.ts";

/**
 * What a site knows of every fact, and where it is itself, between two decisions. JSON-serialisable, bounded, carried
 * from one workflow run to the next.
 */
export interface SiteState extends KnownFacts {
  readonly schema: "ballast.site-state/2";
  readonly siteId: SiteId;
  /** Market time of the newest input or decision. */
  readonly asOf?: Instant;
  /** Of the last record: 0 and `genesis` before the first. */
  readonly sequence: number;
  readonly previousHash: string;
  /** Revision of the last dispatch, 0 before the first. */
  readonly revision: number;
  readonly cohorts: readonly CohortState[];
  /** The dispatch before a thaw may have stopped half way: the next record drives the fleet to its targets again. */
  readonly drivesAgain?: true;
  /** Inputs taken up since the last record, in order. */
  readonly inputIds: readonly string[];
  /** Newest inputs of all, for de-duplication. */
  readonly seenIds: readonly string[];
}
