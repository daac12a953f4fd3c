import { intervalEnd, intervalKey, parseIntervalKey, settlementInterval } from "../market/calendar.ts";
import { ageLimits, ownChanges } from "../inputs/silentFacts.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { Band } from "./attributed.ts";
import { cohortAfter } from "./cohortAfter.ts";
import { isCommanded } from "./isCommanded.ts";
import type { CohortState, DecisionInput, SitePlan, Untold } from "./model.ts";
import { LIMIT_SECONDS } from "./onOneRun.ts";
import { sameSplit } from "./split.ts";

/** A cohort's decision, and when what keeps it back ends that a rule's reason may hide. */
export interface Waiting {
  readonly decision: Untold;
  readonly waitsUntil?: Instant;
  /** The limit of one SCED run keeps it back: it may go on once earlier moves no longer count. */
  readonly isLimited: boolean;
}

/**
 * The earliest instant after `asOf` at which the site must decide again without new input: a hold ends that keeps back
 * a pending move, a rule's band starts or ends, a fact reaches its age limit or changes by itself, or the
 * next interval starts and the last LMP over all of it would decide otherwise than now. `decideAt` decides a frozen
 * input; it is only asked about that next interval.
 */
export function nextWake(
  plan: SitePlan,
  input: DecisionInput,
  settled: readonly Waiting[],
  bands: readonly Band[],
  decideAt: (input: DecisionInput) => readonly Waiting[],
): Instant | undefined {
  const decided = settled.map(({ decision }) => decision);
  const nextStart = intervalEnd(parseIntervalKey(input.intervalKey));
  const then = decideAt(atIntervalStart(plan, input, decided, nextStart));
  const differs = then.some(({ decision }, index) => !sameOutcome(decision, decided[index] as Untold));
  const candidates = [
    differs ? nextStart : undefined,
    ...[...settled, ...then].flatMap(({ decision, waitsUntil }) => [decision.heldUntil, waitsUntil]),
    ...(settled.some(({ isLimited }) => isLimited) ? decided.flatMap(restsUntil) : []),
    ...bands.flatMap(({ from, until }) => [from, until]),
    ...ageLimits(input.facts, plan),
    ...ownChanges(input.facts, { ...input, site: plan }),
  ];
  return candidates.filter((at) => at !== undefined && at > input.asOf).toSorted()[0];
}

/** When the moves of a cohort that one SCED run alone bears no longer count against the limit. */
function restsUntil({ onOneRun }: Untold): Instant[] {
  return onOneRun === undefined ? [] : onOneRun.map(({ at }) => addSeconds(at, LIMIT_SECONDS));
}

function sameOutcome(one: Untold, other: Untold): boolean {
  return one.reason === other.reason && sameSplit(one.split, other.split);
}

function atIntervalStart(
  plan: SitePlan,
  input: DecisionInput,
  decided: readonly Untold[],
  start: Instant,
): DecisionInput {
  return {
    ...input,
    asOf: start,
    intervalKey: intervalKey(settlementInterval(start)),
    intervalStart: start,
    cohorts: input.cohorts.map((state) => stateAfter(plan, input, state, decided)),
  };
}

/** A cohort's state once this decision is carried out; a cohort that is not commanded stays where it is. */
function stateAfter(
  plan: SitePlan,
  { asOf, facts: { frozenCohorts } }: DecisionInput,
  state: CohortState,
  decided: readonly Untold[],
): CohortState {
  const cohort = plan.cohorts.find((one) => one.cohortId === state.cohortId);
  const decision = decided.find((one) => one.cohortId === state.cohortId);
  if (cohort === undefined || decision === undefined || !isCommanded(plan, cohort, frozenCohorts)) return state;
  return cohortAfter(cohort, state, decision, asOf);
}
