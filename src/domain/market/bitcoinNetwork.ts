import type { Instant } from "../units/instant.ts";

/** What a node or an explorer says of the Bitcoin network at one moment. */
export interface NetworkReading {
  /** Height of the newest block. */
  readonly height: number;
  /** Difficulty of the next block, a pure number: difficulty × 2^32 hashes find a block in the mean. */
  readonly difficulty: number;
  /** Mean of what the newest blocks paid in fees, satoshis a block. */
  readonly feesSatsPerBlock: number;
  /** Time in the header of the newest block. */
  readonly tipAt: Instant;
  /** Time in the header of the first block of the running 2,016; absent where the source does not say. */
  readonly epochStartedAt?: Instant;
  readonly observedAt: Instant;
}
