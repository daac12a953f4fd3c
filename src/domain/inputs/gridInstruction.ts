import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { Demand } from "./demand.ts";

/** The message that brought something: what is kept of it, and where. */
export interface MessageEvidence {
  /** Through which door: `http`, `folder`, `voice`. */
  readonly door: string;
  /** SHA-256 of the bytes as they came, hex: the ledger of messages keeps them under it. */
  readonly contentHash: string;
  /** Market time. */
  readonly receivedAt: Instant;
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
  /** When its issuer issued this content. */
  readonly issuedAt?: Instant;
  /** How far; off when absent. A level or an amount is of one cohort or of the whole site. */
  readonly demand?: Demand;
  readonly cohortIds?: readonly CohortId[];
  readonly from: Instant;
  /** By when the load must be down; what it took beyond is seen in the verdict. */
  readonly effectiveBy?: Instant;
  /** Holds until recalled when absent. */
  readonly until?: Instant;
  /** Nothing that it took down comes on before, also when it has ended or was recalled. */
  readonly restoreNotBefore?: Instant;
  /** Market time of the message with this content, from when it is taken up. */
  readonly sentAt?: Instant;
  /** Ordered load of its cohorts when it was first taken up, kW: a reduction in any of its revisions counts from it. */
  readonly loadKw?: number;
  /** It stands for `restoreNotBefore` alone, and no revision brings it back. */
  readonly isRecalled?: true;
  /** The message with this content. */
  readonly evidence?: MessageEvidence;
}
