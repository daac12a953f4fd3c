import type { CohortDecision, CohortPlan } from "../decision/model.ts";
import type { CohortChange } from "./curtailedSpans.ts";

/** A line of the timeline that settlement reads, with the decision it follows from. */
export type TimelineChange = CohortChange & { readonly sequence: number };

/** A cohort whose line changes with a decision. */
export interface ChangedCohort {
  readonly cohort: CohortPlan;
  readonly decision: CohortDecision;
  readonly before?: TimelineChange;
  /**
   * Whether the machines able to run are counted now: they are while none of a cohort is below normal. Once it is
   * curtailed, those that are kept in the count are its baseline.
   */
  readonly countsMachines: boolean;
}
