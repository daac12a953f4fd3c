import type { FrozenFacts } from "../inputs/facts.ts";
import type { IntervalKey } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { Split } from "./split.ts";

/** Changing part of a cohort. */
export interface CohortStateOf<Reason extends string = string> {
  readonly cohortId: string;
  readonly split: Split;
  /** When it entered `split`; absent before the first change, then no hold applies. */
  readonly since?: Instant;
  /** What it left at `since`: a hold time keeps a cohort from reversing that move, not from continuing it. */
  readonly leftSplit?: Split;
  /** When it last moved the other way, where that move's hold time lasts on for the machines that did not turn back. */
  readonly turnedFrom?: Instant;
  /** Why it left; `reason` is why it is where it is, which changes without a move. */
  readonly movedBy?: Reason;
  readonly reason: Reason;
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
