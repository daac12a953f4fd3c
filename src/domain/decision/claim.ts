import type { Reason } from "./model.ts";

/** What one rule says about a cohort's mode. Indexes count the cohort's modes, 0 = off. */
export interface Claim {
  readonly reason: Reason;
  /** `exactly` settles the mode; `at-most` leaves it to the rules below, but no higher than this. */
  readonly bound: "exactly" | "at-most";
  readonly index: number;
  /** Why, for the sentence: a clause without a full stop. */
  readonly why: string;
}
