import { recoveredFacts } from "../inputs/facts.ts";
import { SEEN_IDS } from "./absorb.ts";
import type { CohortState, DecisionRecord, SitePlan } from "./model.ts";
import { adopt, initialSiteState } from "./siteState.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Records that a site's state is made again from: every id it still remembers stands in them. */
export const RECOVERY_RECORDS = 400;

/**
 * What a site knows by its own records alone: the start of the run that follows one which ended without handing its
 * state over. Sequence, hash chain, revision, modes with since and reason, orders and instructions in force are those
 * after the newest record; prices, settled intervals and ids are gathered from all of them. Inputs that arrived after
 * the newest record are not in it, nor is the meter's last verdict: the next dispatch takes nothing as confirmed. A
 * cohort that the records do not know, or whose mode the plan lacks, starts in its normal mode.
 * @param records newest `RECOVERY_RECORDS` of the site's chain or all, ascending
 * @param newest hash of the last record, and the revision of the newest dispatch of all
 */
export function siteStateFromRecords(
  plan: SitePlan,
  records: readonly DecisionRecord[],
  newest: { readonly recordHash: string; readonly revision: number },
): SiteState {
  const last = records.at(-1);
  const initial = initialSiteState(plan);
  if (last === undefined) return initial;
  const { input } = last;
  const decided = new Set(last.output.cohorts.map(({ cohortId }) => cohortId));
  const known = new Map(
    input.cohorts.flatMap((cohort) => (isPossible(plan, cohort, last) ? [[cohort.cohortId, cohort]] : [])),
  );
  const before: SiteState = {
    ...initial,
    asOf: input.asOf,
    sequence: last.sequence - 1,
    previousHash: last.previousHash,
    revision: newest.revision,
    cohorts: initial.cohorts.flatMap(({ cohortId }) => (decided.has(cohortId) ? (known.get(cohortId) ?? []) : [])),
    ...recoveredFacts(
      records.map((record) => record.input.facts),
      { site: plan, asOf: input.asOf, intervalStart: input.intervalStart },
    ),
    inputIds: input.inputIds,
    seenIds: records.flatMap((record) => record.input.inputIds).slice(-SEEN_IDS),
  };
  const after = adopt(plan, before, last, newest.recordHash);
  return {
    ...after,
    cohorts: initial.cohorts.map((cohort) => after.cohorts.find((one) => one.cohortId === cohort.cohortId) ?? cohort),
  };
}

/** Whether the plan has the mode that the cohort was in and the one that the record put it in. */
function isPossible(plan: SitePlan, cohort: CohortState, last: DecisionRecord): boolean {
  const modes = plan.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.modes ?? [];
  const wanted = last.output.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.split ?? [];
  return [...cohort.split, ...wanted].every((share) => modes.some(({ modeId }) => modeId === share.modeId));
}
