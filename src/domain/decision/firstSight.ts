import type { AbleCohort, KnownFleetAble } from "../inputs/fleetAble.ts";
import type { Instant } from "../units/instant.ts";
import type { Band } from "./attributed.ts";
import { isInForce } from "./band.ts";
import { kwAt, type CohortFrame } from "./frame.ts";
import type { CohortDecision, CohortPlan, CohortState, SitePlan } from "./model.ts";
import type { Silence } from "./silence.ts";
import { fittedSplit, machinesOf, type ModeShare, type Split, wholeSplit } from "./split.ts";

/** What a decision knows of the market and the rules when machines are found elsewhere than told. */
export interface Barring {
  readonly asOf: Instant;
  readonly bands: readonly Band[];
  readonly silent: readonly Silence[];
  /** SCED runs that the price goes by; undefined without a price. */
  readonly scedRuns?: number;
}

/**
 * A commanded cohort as its first count since it came, or came back, finds it. Of a new one all of whose machines sleep
 * the target begins at `off`, so limits, holds and bans of restarts meet its first start as any other. Else it keeps
 * its target, and `found` says where its machines were found where that is elsewhere. Machines that slept then without
 * being told to are `idleMachines`: nobody curtailed them. Unchanged without a count that is newer.
 */
export function atFirstSight(cohort: CohortPlan, state: CohortState, { fleetAble }: KnownFleetAble): CohortState {
  const { unseen, ...known } = state;
  const count = fleetAble?.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId);
  const observedAt = count?.observedAt ?? fleetAble?.observedAt;
  const isOlder = unseen?.since !== undefined && observedAt !== undefined && observedAt <= unseen.since;
  if (unseen === undefined || count?.asleep === undefined || count.machines === 0 || isOlder) return state;
  const able = Math.min(count.machines, cohort.machines);
  const asleep = Math.min(count.asleep, able);
  const told = fittedSplit(fittedSplit(state.split, cohort.machines), able);
  const against = asleep - offIn(cohort, told);
  if (against === 0) return known;
  const off = cohort.modes[0]?.modeId as string;
  const idleMachines = Math.max(against, state.idleMachines ?? against);
  if (unseen.since === undefined && state.since === undefined && asleep === able)
    return { cohortId: state.cohortId, split: wholeSplit(off, cohort.machines), reason: state.reason, idleMachines };
  const awake = told.filter(({ modeId }) => modeId !== off);
  const found: readonly ModeShare[] = [
    ...wholeSplit(off, asleep),
    ...(awake.length === 0 ? wholeSplit(cohort.normalModeId, able - asleep) : fittedSplit(awake, able - asleep)),
  ];
  return { ...state, found, ...(against > 0 ? { idleMachines } : {}) };
}

/**
 * Machines found asleep that are told to run, or running that are told off, and what keeps the former asleep for now:
 * a rule that lets nothing come on, an input whose silence holds the site, or a price that rests on one SCED run where
 * they are more than that may move. Undefined where all are as told.
 */
export function foundAgainst(
  plan: SitePlan,
  { cohort, state, able, fromSplit, pue, normal }: CohortFrame,
  { asOf, bands, silent, scedRuns }: Barring,
): CohortDecision["found"] {
  if (state.found === undefined) return undefined;
  const against = offIn(cohort, state.found) - offIn(cohort, fromSplit);
  if (against <= 0) return { running: -against };
  const isMine = (band: Band): boolean => band.cohortId === undefined || band.cohortId === cohort.cohortId;
  const barring = bands.find((band) => band.onlyRestarts === true && isMine(band) && isInForce(band, asOf));
  if (barring !== undefined) return { asleep: against, waitsFor: barring.why };
  const holding = silent.find(({ action }) => action !== "run");
  if (holding !== undefined) return { asleep: against, waitsFor: `no current ${holding.called}` };
  const kw = ((kwAt({ cohort, able, pue }, normal) - kwAt({ cohort, able, pue }, 0)) * against) / able;
  const isUnsure = scedRuns !== undefined && scedRuns < 2 && kw > plan.singleSourceMwMax * 1000;
  return isUnsure ? { asleep: against, waitsFor: "the price rests on one SCED run" } : { asleep: against };
}

/** What is said of machines found elsewhere than told, for a person, after the cohort's sentence; else nothing. */
export function foundSentence({ found }: Pick<CohortDecision, "found">): string {
  if (found === undefined) return "";
  const [machines, how] = found.asleep === undefined ? [found.running, "running"] : [found.asleep, "asleep"];
  const then = found.waitsFor === undefined ? "are told again" : `stay so: ${found.waitsFor}`;
  return ` ${machines} of its machines were found ${how} and ${then}.`;
}

/** Whether a decision tells a cohort's machines again though its target stays. */
export function isToldAgain({ found }: Pick<CohortDecision, "found">): boolean {
  return found !== undefined && found.waitsFor === undefined;
}

/** Whether machines found asleep stay so, whatever a decision tells the others. */
export function keepsAsleep({ found }: Pick<CohortDecision, "found">): boolean {
  return found?.asleep !== undefined && found.waitsFor !== undefined;
}

/**
 * What is left of a cohort's first sight after a decision that has its machines told `told`, or tells them nothing:
 * once they are told they are known, and of the idle ones those still are that are told to be off. Where those that
 * sleep are kept so, and more sleep than are told off, they are known once they are told.
 */
export function afterSight(
  cohort: CohortPlan,
  { unseen, found, idleMachines }: CohortState,
  tells: Split | undefined,
  isKept: boolean,
): Pick<CohortState, "unseen" | "idleMachines"> {
  const offTold = (split: Split): number => offIn(cohort, fittedSplit(split, machinesOf(found ?? [])));
  const waits = isKept && found !== undefined && tells !== undefined && offIn(cohort, found) > offTold(tells);
  const told = waits ? undefined : tells;
  const isKnown = told !== undefined && found !== undefined;
  const idle = told === undefined ? idleMachines : Math.min(idleMachines ?? Infinity, offIn(cohort, told));
  return {
    ...(unseen === undefined || isKnown ? {} : { unseen }),
    ...(idleMachines === undefined || idle === undefined || idle === 0 ? {} : { idleMachines: idle }),
  };
}

/**
 * Machines of a cohort that its newest count found elsewhere than told: `asleep` that are to run, or `running` that are
 * to be off; undefined where all are as told, or nobody has said who sleeps. `told` is what all of the plan's machines
 * are told.
 */
export function awayFromTold(
  cohort: CohortPlan,
  told: Split,
  count: AbleCohort | undefined,
): { readonly asleep?: number; readonly running?: number } | undefined {
  if (count?.asleep === undefined) return undefined;
  const able = Math.min(count.machines, cohort.machines);
  const against = Math.min(count.asleep, able) - offIn(cohort, fittedSplit(fittedSplit(told, cohort.machines), able));
  return against === 0 ? undefined : against > 0 ? { asleep: against } : { running: -against };
}

function offIn({ modes }: CohortPlan, split: readonly ModeShare[]): number {
  return machinesOf(split.filter(({ modeId }) => modeId === modes[0]?.modeId));
}
