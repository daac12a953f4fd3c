import type { Instant } from "../units/instant.ts";
import type { Demand } from "./demand.ts";

/** What a person of the energy desk orders. */
export interface OperatorOrder {
  readonly orderId: string;
  /** Authenticated actor, as the token names them. */
  readonly actor: string;
  readonly reason: string;
  /** `run` asks for the normal mode, or for at least `minKw`. */
  readonly action: "curtail" | "run";
  /** How far a `curtail` goes; off when absent. A level or an amount is of one cohort or of the whole site. */
  readonly demand?: Demand;
  readonly minKw?: number;
  /** A `run` with `minKw` gives way to an expected price above it. */
  readonly breakAtUsdPerMwh?: number;
  /** All cohorts when absent. */
  readonly cohortIds?: readonly string[];
  readonly from: Instant;
  readonly until: Instant;
}

/** QSE, TDSP or ERCOT instruction. Arrives as a signal; recall is a separate one. */
export interface GridInstruction {
  readonly instructionId: string;
  /** The same instruction with a higher revision replaces it; 1 when absent. */
  readonly revision?: number;
  readonly issuer: string;
  /** What it deploys, in the issuer's words. */
  readonly product?: string;
  readonly action: "curtail";
  /** How far; off when absent. A level or an amount is of one cohort or of the whole site. */
  readonly demand?: Demand;
  readonly cohortIds?: readonly string[];
  readonly from: Instant;
  /** By when the load must be down; what it took beyond is seen in the verdict. */
  readonly effectiveBy?: Instant;
  /** Holds until recalled when absent. */
  readonly until?: Instant;
  /** Nothing that it took down comes on before, also when it has ended or was recalled. */
  readonly restoreNotBefore?: Instant;
  /** Market time of the message with this content, from when it is taken up. */
  readonly sentAt?: Instant;
}
