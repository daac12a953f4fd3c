/** Blocks from one halving of the subsidy to the next (Bitcoin consensus, `nSubsidyHalvingInterval`). */
export const BLOCKS_PER_HALVING = 210_000;

const FIRST_SUBSIDY_SATS = 5_000_000_000;
/** Bitcoin consensus: from here on nothing is left to be halved. */
const HALVINGS_MAX = 64;

/**
 * New coins of the block at a height, satoshis: 50 BTC, halved every 210,000 blocks and cut to whole satoshis:
 * Bitcoin Core, `GetBlockSubsidy`. Height 840,000 pays 312,500,000.
 */
export function blockSubsidySats(height: number): number {
  const halvings = (height - (height % BLOCKS_PER_HALVING)) / BLOCKS_PER_HALVING;
  let sats = halvings < HALVINGS_MAX ? FIRST_SUBSIDY_SATS : 0;
  for (let done = 0; done < halvings && sats > 0; done += 1) sats = (sats - (sats % 2)) / 2;
  return sats;
}
