import type { FrozenFacts } from "../inputs/facts.ts";
import type { IntervalKey } from "../market/model.ts";
import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { ModeShare, Split } from "./split.ts";

/** What of a cohort one SCED run has moved for price, over the machines that were able to run then. */
export interface MoveOnOneRun {
  readonly at: Instant;
  readonly from: Split;
  readonly to: Split;
}

/** Changing part of a cohort. */
export interface CohortStateOf<Reason extends string = string> {
  readonly cohortId: CohortId;
  /** What all of the plan's machines are told, able to run or not. */
  readonly split: Split;
  /** How many were able to run at the last decision that knew of any; absent before the first. */
  readonly ableMachines?: number;
  /** When it entered `split`; absent before the first change, then no hold applies. */
  readonly since?: Instant;
  /**
   * What the plan's machines were told before `since`: a hold time keeps a cohort from reversing that move, not from
   * continuing it.
   */
  readonly leftSplit?: Split;
  /** When it last moved the other way, where that move's hold time lasts on for the machines that did not turn back. */
  readonly turnedFrom?: Instant;
  /** Why it is where it is, which changes without a move. */
  readonly reason: Reason;
  /** Moves for price that no other run has confirmed yet, whatever has moved the cohort since; absent for none. */
  readonly onOneRun?: readonly MoveOnOneRun[];
  /**
   * Nobody has counted its machines since it came, or since it came back at `since`: they may be elsewhere than told.
   */
  readonly unseen?: { readonly since?: Instant };
  /** Where its able machines were found at their first count, by mode; absent where they are as told. */
  readonly found?: readonly ModeShare[];
  /** Machines that slept then and have not been told to run since: nobody curtailed them. Absent for none. */
  readonly idleMachines?: number;
}

/** Everything a decision looks at that changes, frozen into its record: every fact, and what the site itself is at. */
export interface DecisionInputOf<Reason extends string = string> {
  readonly asOf: Instant;
  readonly intervalKey: IntervalKey;
  readonly intervalStart: Instant;
  readonly facts: FrozenFacts;
  readonly cohorts: readonly CohortStateOf<Reason>[];
  /** Ids of the mailbox inputs taken up since the previous record, in order. */
  readonly inputIds: readonly string[];
}
