import type { DecisionRecord } from "../domain/decision/model.ts";
import type { SiteFinding } from "../domain/decision/siteFinding.ts";
import type { TimelineChange } from "../domain/settlement/timelineModel.ts";
import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/**
 * Committed decisions and the timeline of commanded modes. Append-only. Throws PortUnavailableError when the database
 * is away.
 */
export interface DecisionStore {
  /**
   * Record once under (site, sequence) with its lines; the same record again is a no-op, which `isNew` denies, another
   * one is a PortConflictError.
   */
  record(
    record: DecisionRecord,
    run: { workflowId: string; runId: string },
    changes: readonly TimelineChange[],
  ): Promise<{ readonly recordHash: string; readonly isNew: boolean }>;
  /** Keep what a site could not do as asked, once under (site, run, `noteId`). */
  noteFinding(finding: SiteFinding, note: { runId: string; noteId: string }): Promise<void>;
  /** Last commanded mode per cohort. */
  currentModes(siteId: SiteId): Promise<readonly TimelineChange[]>;
  /** The timeline up to an instant, ascending. */
  timeline(siteId: SiteId, until: Instant): Promise<readonly TimelineChange[]>;
  /** What the record of this revision dispatches; undefined when no decision has it. */
  dispatched(siteId: SiteId, revision: number): Promise<DecisionRecord["dispatch"]>;
  latest(siteId: SiteId): Promise<DecisionRecord | undefined>;
  between(siteId: SiteId, from: Instant, to: Instant): Promise<readonly DecisionRecord[]>;
}
