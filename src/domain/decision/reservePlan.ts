import type { Eligibility, Qualification } from "../inputs/awardDoubts.ts";

/** What a resource is qualified to be awarded of one service. */
export interface ReserveQualification extends Qualification {
  /** By when a deployment must show, and how long it must hold. */
  readonly responseMinutes: number;
  readonly sustainMinutes: number;
}

/** A resource as ERCOT has it registered: a load that drops as a block, or one that SCED dispatches. */
export interface ReserveResource {
  readonly resource: string;
  readonly kind: "NCLR" | "CLR";
  readonly products: readonly ReserveQualification[];
  /** How often and how long it may be called on; absent where its registration does not limit it. */
  readonly minRestorationMinutes?: number;
  readonly maxDeploymentMinutes?: number;
  readonly minNoticeMinutes?: number;
  readonly maxDailyDeployments?: number;
  readonly maxWeeklyDeployments?: number;
}

/** What a site may sell of ancillary services, and what it gives up before it breaks an award. */
export interface ReservePlan extends Eligibility {
  readonly resources: readonly ReserveResource[];
  /** Low power consumption (LPC), kW at the site meter; what it takes with every machine off where absent. */
  readonly lowPowerKw?: number;
  /** What a MWh of reserve that is not there costs beside its price, $/MWh: compliance, not money. */
  readonly penaltyUsdPerMwh: number;
  /** How far a deployment may be from what was instructed, as shares of it. */
  readonly band: { readonly lowShare: number; readonly highShare: number };
}
