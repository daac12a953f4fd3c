import type { CohortDecision, DecisionRecord } from "./model.ts";
import type { Split } from "./split.ts";

/**
 * What a cohort's machines are commanded to after a decision: its target where the decision commands the fleet, else
 * what they were in. What a cohort that Ballast may not command should do is in the output alone.
 */
export function commandedSplit(record: DecisionRecord, cohort: CohortDecision): Split {
  return record.dispatch?.targets.find(({ cohortId }) => cohortId === cohort.cohortId)?.split ?? cohort.fromSplit;
}
