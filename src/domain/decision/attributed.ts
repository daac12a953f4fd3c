import type { Bound } from "./band.ts";
import type { Reason } from "./rules/index.ts";
import type { CohortId } from "../units/ids.ts";

/** Power and the one rule or price that it is attributed to, kW at the site meter. */
export interface AttributedKw {
  readonly reason: Reason;
  readonly kw: number;
}

/** A rule's bound that higher rules, the price or the machines do not let hold. */
export interface BrokenBand {
  readonly reason: Reason;
  /** The whole site when absent. */
  readonly cohortId?: CohortId;
  /** What it is broken by; absent where the machines' own power is: residual draw, too few able ones, too coarse. */
  readonly by?: Reason;
  /** By how much, kW at the site meter. */
  readonly kw: number;
  /** What that costs where the bound has a price, $/h. */
  readonly usdPerH?: number;
  readonly why: string;
}

/** A rule's bound with the rule's reason. */
export interface Band extends Bound {
  readonly reason: Reason;
}
