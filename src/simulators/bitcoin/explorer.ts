import type { Chain } from "./chain.ts";

const BLOCKS_PER_EPOCH = 2_016;
const BLOCKS_SHOWN = 15;

/** What an explorer answers to a path of mempool.space's REST API, by its documentation; undefined for another path. */
export function explorerAnswer(chain: Chain, path: string, nowMs: number): unknown {
  const tip = chain.tip();
  if (path === "/api/blocks/tip/height") return tip;
  if (path === "/api/v1/blocks") return Array.from({ length: BLOCKS_SHOWN }, (_, back) => blockOf(chain, tip - back));
  if (path === "/api/v1/difficulty-adjustment") return adjustmentOf(chain, tip, nowMs);
  const rewards = /^\/api\/v1\/mining\/reward-stats\/(\d+)$/.exec(path);
  return rewards === null ? undefined : rewardsOf(chain, tip, Number(rewards[1]));
}

function blockOf(chain: Chain, height: number) {
  const fees = chain.feesSats(height);
  return {
    id: chain.hashOf(height),
    height,
    version: 536_870_912,
    timestamp: chain.timeOf(height),
    tx_count: 3_412,
    size: 1_612_345,
    weight: 3_992_901,
    merkle_root: chain.hashOf(height + 7),
    previousblockhash: chain.hashOf(height - 1),
    mediantime: chain.timeOf(height - 5),
    nonce: 2_083_236_893,
    bits: 386_014_724,
    difficulty: chain.difficulty(height),
    stale: false,
    extras: {
      totalFees: fees,
      medianFee: 2,
      reward: chain.subsidySats(height) + fees,
      pool: { id: 111, name: "Foundry USA" },
    },
  };
}

/** Sums are decimal text of satoshis. */
function rewardsOf(chain: Chain, tip: number, blocks: number) {
  const heights = Array.from({ length: blocks }, (_, back) => tip - back);
  const sum = (of: (height: number) => number): string => String(heights.reduce((total, one) => total + of(one), 0));
  return {
    startBlock: tip - blocks + 1,
    endBlock: tip,
    totalReward: sum((one) => chain.subsidySats(one) + chain.feesSats(one)),
    totalFee: sum((one) => chain.feesSats(one)),
    totalTx: sum(() => 3_412),
  };
}

/** Averages in milliseconds, `previousTime` in seconds. */
function adjustmentOf(chain: Chain, tip: number, nowMs: number) {
  const first = tip - (tip % BLOCKS_PER_EPOCH);
  const done = tip - first;
  const meanSeconds = done === 0 ? 600 : (chain.timeOf(tip) - chain.timeOf(first)) / done;
  const left = BLOCKS_PER_EPOCH - done;
  return {
    progressPercent: (done / BLOCKS_PER_EPOCH) * 100,
    difficultyChange: (600 / meanSeconds - 1) * 100,
    estimatedRetargetDate: nowMs + left * meanSeconds * 1000,
    remainingBlocks: left,
    remainingTime: left * meanSeconds * 1000,
    previousRetarget: (chain.difficulty(tip) / chain.difficulty(first - 1) - 1) * 100,
    previousTime: chain.timeOf(first),
    nextRetargetHeight: first + BLOCKS_PER_EPOCH,
    timeAvg: meanSeconds * 1000,
    adjustedTimeAvg: meanSeconds * 1000,
    timeOffset: 0,
    expectedBlocks: (nowMs / 1000 - chain.timeOf(first)) / 600,
  };
}
