import { afterRecord, frozenFacts, NOTHING_KNOWN, type SiteInput } from "../inputs/facts.ts";
import { intervalKey, intervalStart, settlementInterval } from "../market/calendar.ts";
import { UnitError } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { cohortAfter } from "./cohortAfter.ts";
import { atFirstSight } from "./firstSight.ts";
import { isCommanded } from "./isCommanded.ts";
import type { SiteState } from "./siteStateModel.ts";
import { wholeSplit } from "./split.ts";
import type { CohortState, DecisionInput, DecisionRecord, SitePlan } from "./model.ts";
import { lockOut } from "./rules/lockOut.ts";
import { economic } from "./rules/economic.ts";

/**
 * State of a site that has not decided anything yet: every cohort to be in its normal mode, nothing known; its first
 * count shows where the machines are.
 */
export function initialSiteState(plan: SitePlan): SiteState {
  return {
    schema: "ballast.site-state/2",
    siteId: plan.siteId,
    sequence: 0,
    previousHash: "genesis",
    revision: 0,
    cohorts: plan.cohorts.map((cohort) => ({
      cohortId: cohort.cohortId,
      split: wholeSplit(cohort.normalModeId, cohort.machines),
      reason: economic.reason,
      unseen: {},
    })),
    ...NOTHING_KNOWN,
    inputIds: [],
    seenIds: [],
  };
}

/** Freezes what the site knows into the input of one decision at `asOf`. Nothing stamped later than `asOf` gets in. */
export function decisionInput(plan: SitePlan, state: SiteState, asOf: Instant): DecisionInput {
  const interval = settlementInterval(asOf);
  const start = intervalStart(interval);
  const facts = frozenFacts(state, { site: plan, asOf, intervalStart: start });
  return {
    asOf,
    intervalKey: intervalKey(interval),
    intervalStart: start,
    facts,
    cohorts: state.cohorts.map((known) => seen(plan, known, facts)),
    inputIds: state.inputIds,
  };
}

/** Nobody has counted the machines of a site that came back since its newest record. */
export function unseenSince(state: SiteState): SiteState {
  const since = state.asOf;
  return { ...state, cohorts: state.cohorts.map((cohort) => ({ ...cohort, unseen: cohort.unseen ?? { since } })) };
}

function seen(plan: SitePlan, known: CohortState, facts: DecisionInput["facts"]): CohortState {
  const cohort = plan.cohorts.find(({ cohortId }) => cohortId === known.cohortId);
  const isSeen = cohort !== undefined && isCommanded(plan, cohort, facts.frozenCohorts);
  return isSeen ? atFirstSight(cohort, known, facts) : known;
}

/**
 * State after a decision was recorded. A cohort changes its mode only where Ballast commands it (site and cohort `act`,
 * not locked out). @throws UnitError when the record does not follow the state's last one.
 */
export function adopt(plan: SitePlan, state: SiteState, record: DecisionRecord, recordHash: string): SiteState {
  if (record.sequence !== state.sequence + 1 || record.previousHash !== state.previousHash) {
    throw new UnitError(`site ${state.siteId}: record ${record.sequence} does not follow record ${state.sequence}`);
  }
  const { asOf } = record.input;
  const consumed = new Set(record.input.inputIds);
  return {
    ...state,
    asOf: state.asOf === undefined || asOf > state.asOf ? asOf : state.asOf,
    sequence: record.sequence,
    previousHash: recordHash,
    revision: record.dispatch === undefined ? state.revision : record.dispatch.revision,
    cohorts: state.cohorts.map((cohort) => adopted(plan, cohort, record)),
    ...afterRecord(state, asOf, plan, takingOf(record)),
    inputIds: state.inputIds.filter((id) => !consumed.has(id)),
    drivesAgain: record.dispatch === undefined ? state.drivesAgain : undefined,
  };
}

/** The reasons for which a decision takes load down. */
function takingOf({ output }: DecisionRecord): string[] {
  return output.cohorts.flatMap(({ curtailed }) => curtailed.filter(({ kw }) => kw > 0).map(({ reason }) => reason));
}

function adopted(plan: SitePlan, state: CohortState, record: DecisionRecord): CohortState {
  const decision = record.output.cohorts.find((one) => one.cohortId === state.cohortId);
  const cohort = plan.cohorts.find((one) => one.cohortId === state.cohortId);
  if (decision === undefined || cohort === undefined)
    throw new UnitError(`site ${plan.siteId}: no decision for cohort ${state.cohortId}`);
  const decidedOn = record.input.cohorts.find((one) => one.cohortId === state.cohortId) ?? state;
  return isCommanded(plan, cohort, record.input.facts.frozenCohorts) || decision.reason === lockOut.reason
    ? cohortAfter(cohort, decidedOn, decision, record.input.asOf)
    : state;
}

/** Whether a dispatch was begun, and the meter has not confirmed the newest one, whole. */
export function isUnproven({ revision, verdict }: SiteState): boolean {
  const isConfirmed = verdict?.revision === revision && verdict.outcome === "confirmed" && verdict.stragglers === 0;
  return revision > 0 && !isConfirmed;
}

/** Market time after these inputs: the newest of their stamps and of what was known; undefined with neither. */
export function latestStamp(inputs: readonly SiteInput[], known: Instant | undefined): Instant | undefined {
  const stamps = inputs.map(({ at }) => at);
  return (known === undefined ? stamps : [...stamps, known]).toSorted().at(-1);
}
