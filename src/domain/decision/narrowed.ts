import type { Band } from "./attributed.ts";
import type { Room } from "./ladder.ts";
import type { Reason } from "./rules/index.ts";

/** How far down a rule takes a cohort, and what it is of the cohort's that it does not let come on. */
export interface Taking {
  readonly band: Band;
  /** What is above, down from where a higher rule has taken it, is this rule's. */
  readonly position: number;
}

/** What stands against a band. */
export interface Against {
  /** The rule, or the price; the machines' own power where absent. */
  readonly by?: Reason;
  /** How much of it, kW; all where absent. */
  readonly kw?: number;
}

/** What the bands of all rules leave to the price. */
export interface Narrowed {
  readonly room: Room;
  /** Of each frame, by precedence. */
  readonly takings: readonly (readonly Taking[])[];
  /** Floors of each frame by precedence, with the position that they ask of it. */
  readonly floors: readonly (readonly Taking[])[];
  /** The band of each of the room's floors. */
  readonly siteFloors: readonly Band[];
  /** The bound that each cohort cannot move from, undefined where it is free. */
  readonly pinnedBy: readonly (Band | undefined)[];
  /** What the price, or an emergency, lets go of floors of reserve, kW. */
  readonly letGoKw: ReadonlyMap<Band, number>;
  /** Bands that do not hold as asked. */
  readonly against: ReadonlyMap<Band, Against>;
}
