import type { CapacityProduct } from "../market/capacityProducts.ts";
import type { DecimalText } from "../units/decimal.ts";
import type { Instant } from "../units/instant.ts";

/** What a resource is qualified to be awarded of one service. */
export interface ReserveQualification {
  readonly product: CapacityProduct;
  /** Its kinds, as ERCOT names them: `RRSUF`, `ECRSM`. */
  readonly asTypes: readonly string[];
  readonly maxMw: DecimalText;
  readonly qualifiedFrom: Instant;
  readonly qualifiedUntil?: Instant;
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

/** A condition of taking part at all: a forward hedge in place, margin posted. Unmet without `metFrom`. */
export interface EligibilityGate {
  readonly gateId: string;
  /** For a person. */
  readonly called: string;
  readonly metFrom?: Instant;
  readonly until?: Instant;
  readonly evidence?: string;
}

/** What a site may sell of ancillary services, and what it gives up before it breaks an award. */
export interface ReservePlan {
  readonly resources: readonly ReserveResource[];
  /** Low power consumption (LPC), kW at the site meter; what it takes with every machine off where absent. */
  readonly lowPowerKw?: number;
  /** What a MWh of reserve that is not there costs beside its price, $/MWh: compliance, not money. */
  readonly penaltyUsdPerMwh: number;
  /** All must be met. */
  readonly gates: readonly EligibilityGate[];
  /** How far a deployment may be from what was instructed, as shares of it. */
  readonly band: { readonly lowShare: number; readonly highShare: number };
}
