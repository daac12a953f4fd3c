import type { Band } from "./attributed.ts";
import type { Room } from "./ladder.ts";
import type { Reason } from "./rules/index.ts";

/** How far down a rule takes each cohort, and what it is of a cohort's that it does not let come on. */
export interface Taking {
  readonly band: Band;
  /** Positions, one a frame: what is above, down from where a higher rule has taken it, is this rule's. */
  readonly positions: readonly number[];
}

/** What the bands of all rules leave to the price. */
export interface Narrowed {
  readonly room: Room;
  /** By precedence. */
  readonly takings: readonly Taking[];
  /** Floors by precedence, with the positions that they ask of the cohorts that they name. */
  readonly floors: readonly Taking[];
  /** The bound that each cohort cannot move from, undefined where it is free. */
  readonly pinnedBy: readonly (Band | undefined)[];
  /** Bands that do not hold as asked, with the rule that stands against them. */
  readonly against: ReadonlyMap<Band, Reason | undefined>;
}
