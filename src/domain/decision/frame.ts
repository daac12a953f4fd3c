import type { KnownFleetAble } from "../inputs/fleetAble.ts";
import { UnitError } from "../units/instant.ts";
import type { CohortStateOf as CohortState, DecisionInputOf as DecisionInput } from "./inputModel.ts";
import type { CohortPlan, SitePlan } from "./planModel.ts";
import { fittedSplit, lowerIndex, modeIndex, positionOf, wholeSplit } from "./split.ts";
import type { Split } from "./split.ts";

/**
 * One cohort as rules and allocator see it. Positions count machine steps: 0 is all off, one more is one machine one
 * mode further up, `able × modes` lies at the top.
 */
export interface CohortFrame {
  readonly cohort: CohortPlan;
  readonly state: CohortState;
  /** Machines that are able to run: the survey's count, the plan's until there is one. */
  readonly able: number;
  readonly current: number;
  readonly fromSplit: Split;
  readonly normal: number;
  readonly top: number;
  /** At the site meter for each machine W. */
  readonly pue: number;
}

/** Where a site's cohorts are, and who of their machines is able to run. */
export type Counted = Pick<DecisionInput, "cohorts"> & { readonly facts: KnownFleetAble };

/** What a cohort's power depends on. */
type MachinePower = Pick<CohortFrame, "cohort" | "able" | "pue">;
type Ladderable = MachinePower & Pick<CohortFrame, "top">;

/**
 * A cohort as the input finds it.
 * @throws UnitError when the state and the plan do not name the same cohorts and modes.
 */
export function frameOf(plan: SitePlan, cohort: CohortPlan, input: Counted): CohortFrame {
  const state = input.cohorts.find((one) => one.cohortId === cohort.cohortId);
  if (state === undefined) throw new UnitError(`decision: no state for cohort ${cohort.cohortId}`);
  const able = ableMachines(cohort, input);
  const held = fittedSplit(fittedSplit(state.split, cohort.machines), able);
  const fromSplit = held.length === 0 ? wholeSplit(cohort.normalModeId, able) : held;
  return {
    cohort,
    state,
    able,
    fromSplit,
    current: able === 0 ? 0 : positionOf(cohort, fromSplit),
    normal: modeIndex(cohort, cohort.normalModeId) * able,
    top: (cohort.modes.length - 1) * able,
    pue: plan.pue,
  };
}

/** Machines of a cohort that are able to run, as the last survey counted them; never more than the plan has. */
function ableMachines({ cohortId, machines }: CohortPlan, { facts: { fleetAble } }: Counted): number {
  const counted = fleetAble?.cohorts.find((one) => one.cohortId === cohortId)?.machines;
  return counted === undefined || counted > machines ? machines : counted;
}

/** kW of a cohort at the site meter with its machines at a position; the residual draw of those that are off counts. */
export function kwAt({ cohort, able, pue }: MachinePower, position: number): number {
  if (able === 0) return 0;
  const index = lowerIndex(able, position);
  const inUpper = position - index * able;
  const lowerW = cohort.modes[index]?.powerW ?? Number.NaN;
  const upperW = inUpper === 0 ? 0 : (cohort.modes[index + 1]?.powerW ?? Number.NaN);
  return ((lowerW * (able - inUpper) + upperW * inUpper) * pue) / 1000;
}

/** The highest position at which a cohort takes no more than `kw`; 0 where even all off takes more. */
export function positionAtMost(frame: Ladderable, kw: number): number {
  let position = near(frame, kw);
  while (position > 0 && kwAt(frame, position) > kw) position -= 1;
  while (position < frame.top && kwAt(frame, position + 1) <= kw) position += 1;
  return position;
}

/** The lowest position at which a cohort takes at least `kw`; its top where even that takes less. */
export function positionAtLeast(frame: Ladderable, kw: number): number {
  let position = near(frame, kw);
  while (position < frame.top && kwAt(frame, position) < kw) position += 1;
  while (position > 0 && kwAt(frame, position - 1) >= kw) position -= 1;
  return position;
}

/** kW between a position and the next one up. */
export function stepKw({ cohort, able, pue }: MachinePower, position: number): number {
  const index = lowerIndex(able, position);
  const lowerW = cohort.modes[index]?.powerW ?? Number.NaN;
  const upperW = cohort.modes[index + 1]?.powerW ?? Number.NaN;
  return ((upperW - lowerW) * pue) / 1000;
}

/** The position of about `kw`, off by a rounding error at most. */
function near(frame: Ladderable, kw: number): number {
  let from = 0;
  while (from < frame.top && kwAt(frame, from + frame.able) <= kw) from += frame.able;
  if (from >= frame.top) return frame.top;
  const steps = Math.floor((kw - kwAt(frame, from)) / stepKw(frame, from));
  return Math.min(Math.max(from + (steps > 0 ? steps : 0), 0), frame.top);
}

/** W of one machine in a mode. @throws UnitError when the plan has no such mode. */
export function modePowerW(cohort: CohortPlan, modeId: string): number {
  return (cohort.modes[modeIndex(cohort, modeId)] as CohortPlan["modes"][number]).powerW;
}
