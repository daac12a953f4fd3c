import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { CohortFrame } from "./frame.ts";
import type { DecisionInputOf as DecisionInput } from "./inputModel.ts";
import type { SitePlan } from "./planModel.ts";
import type { Silence } from "./silence.ts";

/**
 * What a rule demands: kW at the site meter between two bounds, of one cohort (its own part of the site's) or of the
 * whole site with its firm and house load. A lower rule narrows what the higher ones leave and never breaks them.
 */
export interface Bound {
  /** The whole site when absent. */
  readonly cohortId?: CohortId;
  readonly minKw?: number;
  readonly maxKw?: number;
  /** Whether `maxKw` only keeps machines from coming on: what others hold down stays theirs. */
  readonly onlyRestarts?: true;
  readonly from: Instant;
  readonly until?: Instant;
  /** Gives way to a higher rule without a word: the site's own habit, nobody's demand. */
  readonly yields?: true;
  /** A floor gives way to the price above it. */
  readonly breakAtUsdPerMwh?: number;
  /** A bound of reserve that is sold, and what breaking it comes to. */
  readonly reserve?: ReserveTerms;
  /** Why, for the sentence: a clause without a full stop. */
  readonly why: string;
}

/** What a bound of reserve keeps, and what it costs where it is not there. */
export interface ReserveTerms {
  /** How much of the bound is its own, kW: what is missed beyond that is missed of others. */
  readonly ofKw: number;
  /** Clearing price for capacity, $/MW for an hour; absent where none is current. */
  readonly usdPerMwh?: number;
  /** A step that only this floor keeps on gives way to a price so much above its own; none does where absent. */
  readonly premiumUsdPerMwh?: number;
  /** It keeps on what runs, and brings nothing on. */
  readonly startsNothing?: true;
}

/** What a rule sees of a site. */
export interface RuleSite {
  readonly plan: SitePlan;
  readonly input: DecisionInput;
  readonly frames: readonly CohortFrame[];
  readonly silent: readonly Silence[];
  /** Expected of the interval now running, $/MWh; absent while no price may be used. */
  readonly expectedUsdPerMwh?: number;
  /** Absent while no hashprice may be used. */
  readonly usdPerPhDay?: number;
}

/** Whether a band is in force at an instant. */
export function isInForce({ from, until }: Pick<Bound, "from" | "until">, at: Instant): boolean {
  return from <= at && (until === undefined || until > at);
}
