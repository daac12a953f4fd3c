import { type FrozenFacts, NOTHING_KNOWN } from "../inputs/facts.ts";
import type { CohortDecision, CohortState, DecisionInput, DecisionRecord, DispatchTarget } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";
import { wholeSplit } from "./split.ts";
import type { Split } from "./split.ts";
import type { CohortId } from "../units/ids.ts";

/** A cohort's state as `ballast.decision/1` and `ballast.site-state/1` have it: one mode for all of its machines. */
type CohortState1 = Omit<CohortState, "split" | "leftSplit" | "ableMachines" | "onOneRun"> & {
  readonly modeId: string;
  readonly leftModeId?: string;
  /** Why it left its last mode. */
  readonly movedBy?: string;
};
type CohortDecision1 = Omit<
  CohortDecision,
  "ableMachines" | "fromSplit" | "split" | "curtailed" | "heldOnBy" | "priceWish" | "ifAble" | "onOneRun"
> & {
  readonly fromModeId: string;
  readonly modeId: string;
  readonly curtailedKw: number;
  readonly priceWishModeId?: string;
};
type DispatchTarget1 = { readonly cohortId: CohortId; readonly modeId: string; readonly fromModeId: string };
export type SiteState1 = Omit<SiteState, "schema" | "cohorts" | "closedOrders" | "closedInstructions"> & {
  readonly schema: "ballast.site-state/1";
  /** Orders released and instructions recalled lately. */
  readonly closedIds: readonly string[];
  readonly cohorts: readonly CohortState1[];
};
export type DecisionRecord1 = Omit<DecisionRecord, "schema" | "input" | "output" | "dispatch"> & {
  readonly schema: "ballast.decision/1";
  /** The facts lie beside what the site itself is at. */
  readonly input: Omit<DecisionInput, "cohorts" | "facts"> &
    FrozenFacts & { readonly cohorts: readonly CohortState1[] };
  readonly output: Omit<DecisionRecord["output"], "cohorts" | "broken"> & {
    readonly cohorts: readonly CohortDecision1[];
  };
  readonly dispatch?: { readonly revision: number; readonly targets: readonly DispatchTarget1[] };
};

/** A record as it is kept. */
export type KeptRecord = DecisionRecord | DecisionRecord1;

/** Machines of a cohort where its record says none: one stands for all, and what is able to run is counted anew. */
const ALL = 1;

/**
 * A kept record in the shape of today, for whoever reads records on: status, recovery, settlement. One of schema 1 puts
 * all machines of a cohort into one mode, and says no count. What was recorded, and its hash, stay as they are.
 */
export function currentRecord(record: KeptRecord): DecisionRecord {
  if (record.schema === "ballast.decision/2") return record;
  const { dispatch, input, output, ...rest } = record;
  return {
    ...rest,
    schema: "ballast.decision/2",
    input: currentInput(input),
    output: { ...output, cohorts: output.cohorts.map(currentDecision) },
    ...(dispatch === undefined ? {} : { dispatch: { ...dispatch, targets: dispatch.targets.map(currentTarget) } }),
  };
}

/** The state with which a run was started, in the shape of today: a fact that it lacks is not known. */
export function currentState(state: SiteState | SiteState1): SiteState {
  if (state.schema === "ballast.site-state/2") return { ...NOTHING_KNOWN, ...state };
  const { closedIds, cohorts, ...rest } = state;
  return {
    ...NOTHING_KNOWN,
    ...rest,
    schema: "ballast.site-state/2",
    cohorts: cohorts.map(currentCohort),
    closedOrders: closedIds,
    closedInstructions: closedIds,
  };
}

/** What a dispatch of a kept record orders, in the shape of today. */
export function currentDispatch(
  dispatch: NonNullable<DecisionRecord["dispatch"] | DecisionRecord1["dispatch"]>,
): NonNullable<DecisionRecord["dispatch"]> {
  return { ...dispatch, targets: dispatch.targets.map(currentTarget) };
}

function currentInput({
  asOf,
  intervalKey,
  intervalStart,
  cohorts,
  inputIds,
  ...facts
}: DecisionRecord1["input"]): DecisionInput {
  return { asOf, intervalKey, intervalStart, facts, cohorts: cohorts.map(currentCohort), inputIds };
}

function currentTarget(target: DispatchTarget | DispatchTarget1): DispatchTarget {
  if ("split" in target) return target;
  const { cohortId, modeId, fromModeId } = target;
  return { cohortId, ableMachines: ALL, split: all(modeId), fromSplit: all(fromModeId) };
}

function currentCohort({ modeId, leftModeId, movedBy: _, ...state }: CohortState1): CohortState {
  return { ...state, split: all(modeId), ...(leftModeId === undefined ? {} : { leftSplit: all(leftModeId) }) };
}

function currentDecision(decision: CohortDecision1): CohortDecision {
  const { fromModeId, modeId, curtailedKw, priceWishModeId, ...rest } = decision;
  return {
    ...rest,
    ableMachines: ALL,
    fromSplit: all(fromModeId),
    split: all(modeId),
    curtailed: curtailedKw > 0 ? [{ reason: rest.reason, kw: curtailedKw }] : [],
    ...(priceWishModeId === undefined ? {} : { priceWish: all(priceWishModeId) }),
  };
}

function all(modeId: string): Split {
  return wholeSplit(modeId, ALL);
}
