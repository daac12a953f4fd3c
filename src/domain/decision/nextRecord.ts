import { isCommanded } from "./isCommanded.ts";
import type { DecisionInput, DecisionOutput, DecisionRecord, SitePlan } from "./model.ts";
import { sameSplit } from "./split.ts";
import type { SiteState } from "./siteStateModel.ts";

/**
 * The evidence of one decision, next in the site's chain. It commands the fleet when a cohort that Ballast may command
 * changes its mode (site and cohort `act`, not locked out, not frozen), or when a thaw lets an unproven dispatch go on:
 * then with the next revision and the desired modes of every such cohort. What a cohort under `advise` or `observe`
 * should do is in the output and nowhere else.
 */
export function nextRecord(next: {
  readonly plan: SitePlan;
  readonly planHash: string;
  readonly state: SiteState;
  readonly input: DecisionInput;
  readonly output: DecisionOutput;
  readonly ruleSet: string;
}): DecisionRecord {
  const { plan, state, input, output } = next;
  const commanded = new Set(
    plan.cohorts
      .filter((cohort) => isCommanded(plan, cohort, input.facts.frozenCohorts))
      .map((cohort) => cohort.cohortId),
  );
  const targets = output.cohorts
    .filter((cohort) => commanded.has(cohort.cohortId))
    .map(({ cohortId, split, fromSplit }) => ({ cohortId, split, fromSplit }));
  const moves = targets.some((target) => !sameSplit(target.split, target.fromSplit));
  const drives = targets.length > 0 && (moves || state.drivesAgain === true);
  return {
    schema: "ballast.decision/2",
    siteId: plan.siteId,
    sequence: state.sequence + 1,
    ruleSet: next.ruleSet,
    planHash: next.planHash,
    input,
    output,
    ...(drives ? { dispatch: { revision: state.revision + 1, targets } } : {}),
    previousHash: state.previousHash,
  };
}
