/** How a pool pays. */
export type PoolPayout = "fpps" | "pps-plus" | "pplns" | "pps";

/** What of the blocks a way of paying brings to the miner, before the pool's fee. */
export interface PayoutTerms {
  /** The fees of the transactions count beside the subsidy. */
  readonly countsFees: boolean;
  /** What depends on the blocks that the pool itself finds: its mean is what a decision goes by. */
  readonly luckOn: "nothing" | "fees" | "all";
}

const TERMS: Readonly<Record<PoolPayout, PayoutTerms>> = {
  // full pay per share: the subsidy and the network's mean fees for every share
  fpps: { countsFees: true, luckOn: "nothing" },
  // the subsidy for every share, the fees of the pool's own blocks
  "pps-plus": { countsFees: true, luckOn: "fees" },
  // a part of each block that the pool finds
  pplns: { countsFees: true, luckOn: "all" },
  // the subsidy for every share, the pool keeps the fees
  pps: { countsFees: false, luckOn: "nothing" },
};

/**
 * Terms of a way of paying. Over time luck is 1, so FPPS, PPS+ and PPLNS are expected to pay the same. Ballast's own
 * table.
 */
export function payoutTerms(payout: PoolPayout): PayoutTerms {
  return TERMS[payout];
}
