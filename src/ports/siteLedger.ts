import type { DecisionRecord } from "../domain/decision/model.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** Where a site stands by its own records, whatever became of the workflow that wrote them. */
export interface SiteStanding {
  /** Newest records of the site's chain, ascending, at least one. */
  readonly records: readonly DecisionRecord[];
  /** Hash of the newest record. */
  readonly recordHash: string;
  /** The run that made it. */
  readonly runId: string;
  /** Newest revision that any record dispatched, 0 before the first. */
  readonly revision: number;
  /** The record that dispatched it, where the meter's verdict on it is not in the ledger. */
  readonly unanswered?: DecisionRecord;
}

/** Decisions that one run made. */
export interface RunSpan {
  readonly runId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** What a gap record says of the decisions up to a missing run's end. */
export interface SpanEnd {
  readonly firstSequence?: number;
  readonly lastSequence: number;
  readonly lastRecordHash: string;
  readonly lastRevision: number;
}

/**
 * The decisions of a site as they lie in its database, by the runs that made them. Throws PortUnavailableError when the
 * database is away.
 */
export interface SiteLedger {
  /** Undefined for a site that has decided nothing yet. */
  standing(siteId: SiteId, recordsMax: number): Promise<SiteStanding | undefined>;
  /** Runs that made decisions and whose evidence is not kept, ascending by their first decision. */
  unexported(siteId: SiteId): Promise<readonly RunSpan[]>;
  /** Decisions of a run; where it made none, the last one up to `lastSequence`. */
  spanEnd(siteId: SiteId, runId: string, lastSequence: number): Promise<SpanEnd>;
}
