import type { CohortDecision, DecisionRecord } from "./model.ts";

/**
 * Mode that a cohort is commanded to after a decision: its target where the decision commands the fleet, else the mode
 * it was in. What a cohort that Ballast may not command should do is in the output alone.
 */
export function commandedMode(record: DecisionRecord, cohort: CohortDecision): string {
  return record.dispatch?.targets.find(({ cohortId }) => cohortId === cohort.cohortId)?.modeId ?? cohort.fromModeId;
}
