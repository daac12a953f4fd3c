import type { DecisionRecord } from "../domain/decision/model.ts";
import type { CohortChange } from "../domain/settlement/curtailedSpans.ts";
import type { Instant } from "../domain/units/instant.ts";

/** What a cohort was commanded to by one decision, with the machines that were able to run at that moment. */
export type CohortModeChange = CohortChange & { readonly sequence: number };

/**
 * Committed decisions and the timeline of commanded modes. Append-only. Throws PortUnavailableError when the database
 * is away.
 */
export interface DecisionStore {
  /**
   * Record once under (site, sequence); the same record again is a no-op, another one is a PortConflictError. Returns
   * its hash.
   */
  record(
    record: DecisionRecord,
    run: { workflowId: string; runId: string },
    changes: readonly CohortModeChange[],
  ): Promise<string>;
  /** Last commanded mode per cohort. */
  currentModes(siteId: string): Promise<readonly CohortModeChange[]>;
  /** The timeline up to an instant, ascending. */
  timeline(siteId: string, until: Instant): Promise<readonly CohortModeChange[]>;
  latest(siteId: string): Promise<DecisionRecord | undefined>;
  between(siteId: string, from: Instant, to: Instant): Promise<readonly DecisionRecord[]>;
}
