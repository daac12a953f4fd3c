import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import type { NetworkReading } from "./bitcoinNetwork.ts";
import { BLOCKS_PER_HALVING, blockSubsidySats } from "./blockSubsidy.ts";
import { difficultyEpoch } from "./difficultyEpoch.ts";

const HOUR_SECONDS = 3_600;

/** What a block pays in new coins during one hour. */
export interface SubsidyOfHour {
  /** Satoshis a block, weighted by the share of the hour before and after a halving. */
  readonly subsidySats: number;
  /** When the halving is expected. */
  readonly halvingAt: Instant;
}

/**
 * Subsidy of the hour that begins at `asOf`. The work of that hour is on the blocks that follow the newest one; the
 * halving is expected when the last block of the old subsidy is found: block by block at the pace of the running
 * difficulty, from the reading on, since how long a block was searched for says nothing of how long it still
 * takes. Ballast's own rule.
 */
export function subsidyOfHour(network: NetworkReading, asOf: Instant): SubsidyOfHour {
  const next = network.height + 1;
  const halvesAt = next - (next % BLOCKS_PER_HALVING) + BLOCKS_PER_HALVING;
  const halvingAt = addSeconds(network.observedAt, (halvesAt - next) * difficultyEpoch(network).blockSeconds);
  const before = share(secondsBetween(asOf, halvingAt) / HOUR_SECONDS);
  const subsidySats = blockSubsidySats(next) * before + blockSubsidySats(halvesAt) * (1 - before);
  return { subsidySats, halvingAt };
}

function share(part: number): number {
  if (part < 0) return 0;
  return part > 1 ? 1 : part;
}
