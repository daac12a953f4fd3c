import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { CohortId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { AttributedKw, BrokenBand } from "./attributed.ts";
import type { CohortStateOf, DecisionInputOf, MoveOnOneRun } from "./inputModel.ts";
import type { ModeComparison } from "./modeStrikes.ts";
import type { Reason } from "./rules/index.ts";
import type { ModeShare, Split } from "./split.ts";

export type * from "./planModel.ts";
export type { ModeComparison, MoveOnOneRun, Reason };

/** Changing part of a cohort, with the rules' own reasons. */
export type CohortState = CohortStateOf<Reason>;
/** Everything a decision looks at that changes, with the rules' own reasons. */
export type DecisionInput = DecisionInputOf<Reason>;

export interface CohortDecision {
  readonly cohortId: CohortId;
  /** Machines that the splits are over. */
  readonly ableMachines: number;
  readonly fromSplit: Split;
  readonly split: Split;
  /** What keeps it from going further up; at normal, what put it there. */
  readonly reason: Reason;
  /**
   * Every kW below normal of the able machines with its one reason, from normal downwards: first what the highest rule
   * takes, last what keeps the cohort where it is.
   */
  readonly curtailed: readonly AttributedKw[];
  /** kW that the price would drop and a floor keeps on; absent where there are none. */
  readonly heldOnBy?: readonly AttributedKw[];
  /** Reasons that would have led to the same or a lower mode, below the one that won. */
  readonly alsoApplicable: readonly Reason[];
  readonly comparisons: readonly ModeComparison[];
  /**
   * Until when something keeps machines where the price would not leave them: a hold time, the wait for the interval's
   * first run, or the single-source limit.
   */
  readonly heldUntil?: Instant;
  /** What the price alone would choose. */
  readonly priceWish?: Split;
  /**
   * Machines found elsewhere than told at the first count since the cohort came or came back: `asleep` that are to run,
   * or `running` that are to be off. They are told again with this decision, unless something keeps them as they are.
   */
  readonly found?: { readonly asleep?: number; readonly running?: number; readonly waitsFor?: string };
  /** What the rules would have all of the plan's machines do; told where none of them is able to run. */
  readonly ifAble?: Pick<CohortDecision, "split" | "reason" | "curtailed">;
  /** What of it the price has moved on one run alone, this decision's last; absent where other runs confirm it all. */
  readonly onOneRun?: readonly MoveOnOneRun[];
  /** One sentence for a person; every number in it is in the record. */
  readonly sentence: string;
}

/** A cohort's decision before its sentence is made. */
export type Untold = Omit<CohortDecision, "sentence">;

export interface DispatchTarget {
  readonly cohortId: CohortId;
  readonly ableMachines: number;
  /** What all of the plan's machines are told; those that are able hold the higher mode. */
  readonly split: Split;
  /** What they were told before. */
  readonly fromSplit: Split;
  /** Some of those that were able no longer are: which machines hold the higher mode is told again. */
  readonly placesAgain?: true;
  /** Where its able machines were found, by mode, elsewhere than told: they are told again though the split stays. */
  readonly found?: readonly ModeShare[];
  /** Where they were found, where something keeps those that sleep asleep: whatever is told, none of them is woken. */
  readonly keptAsleep?: readonly ModeShare[];
}

export interface DecisionOutput {
  readonly expectedPrice?: ExpectedIntervalPrice;
  readonly cohorts: readonly CohortDecision[];
  /** Bounds that do not hold; absent where all do. */
  readonly broken?: readonly BrokenBand[];
  /** Whether any machine changes its mode. */
  readonly changes: boolean;
  /** The earliest market instant at which this decision must be looked at again without new input. */
  readonly nextWakeAt?: Instant;
  readonly sentence: string;
}

/** What leaves the workflow as a regular activity's input: the evidence of one decision. */
export interface DecisionRecord {
  readonly schema: "ballast.decision/2";
  readonly siteId: SiteId;
  /** 1, 2, 3 ... over the site's life. */
  readonly sequence: number;
  readonly ruleSet: string;
  readonly planHash: string;
  readonly input: DecisionInput;
  readonly output: DecisionOutput;
  /** Set when the fleet is commanded: the revision and its targets (every cohort's desired modes). */
  readonly dispatch?: { readonly revision: number; readonly targets: readonly DispatchTarget[] };
  /** Hash of the previous record, `genesis` for the first. */
  readonly previousHash: string;
}
