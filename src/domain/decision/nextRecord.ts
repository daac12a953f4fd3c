import { isToldAgain, keepsAsleep } from "./firstSight.ts";
import { isCommanded } from "./isCommanded.ts";
import type { CohortPlan, DecisionInput, DecisionOutput, DecisionRecord, DispatchTarget, SitePlan } from "./model.ts";
import { fittedSplit, sameSplit } from "./split.ts";
import type { SiteState } from "./siteStateModel.ts";
import { toldSplit } from "./toldSplit.ts";

/**
 * The evidence of one decision, next in the site's chain. It commands the fleet when a cohort that Ballast may command
 * (site and cohort `act`, not locked out, not frozen) changes its mode, when its machines are found elsewhere than told
 * as it came or came back, when machines of one that is in two modes fall out, for nobody knows which, unless some that
 * are to run were found asleep and stay so, or when a thaw lets an unproven dispatch go on: then with the next revision
 * and the desired modes of every such cohort. What a cohort under `advise` or `observe` should do is in the output and
 * nowhere else.
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
  const targets = plan.cohorts
    .filter((cohort) => isCommanded(plan, cohort, input.facts.frozenCohorts))
    .flatMap((cohort) => targetOf(cohort, input, output));
  const isTold = ({ split, fromSplit, placesAgain, found }: DispatchTarget): boolean =>
    placesAgain === true || found !== undefined || !sameSplit(split, fromSplit);
  const drives = targets.length > 0 && (targets.some(isTold) || state.drivesAgain === true);
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

function targetOf(cohort: CohortPlan, input: DecisionInput, output: DecisionOutput): DispatchTarget[] {
  const { cohortId, machines } = cohort;
  const state = input.cohorts.find((one) => one.cohortId === cohortId);
  const decision = output.cohorts.find((one) => one.cohortId === cohortId);
  if (state === undefined || decision === undefined) return [];
  const { ableMachines } = decision;
  const split = toldSplit(cohort, state, decision);
  const fallsOut = state.ableMachines !== undefined && ableMachines > 0 && ableMachines < state.ableMachines;
  // who is told to run may be asleep: what keeps it so keeps it from being placed, too
  const isPlaced = fallsOut && split.length > 1 && decision.found?.waitsFor === undefined;
  return [
    {
      cohortId,
      ableMachines,
      split,
      fromSplit: fittedSplit(state.split, machines),
      ...(isPlaced ? { placesAgain: true } : {}),
      ...(isToldAgain(decision) ? { found: state.found } : {}),
      ...(keepsAsleep(decision) ? { keptAsleep: state.found } : {}),
    },
  ];
}
