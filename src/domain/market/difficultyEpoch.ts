import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import type { NetworkReading } from "./bitcoinNetwork.ts";

/** Blocks of one difficulty (Bitcoin consensus, `DifficultyAdjustmentInterval`). */
const BLOCKS_PER_EPOCH = 2_016;
/** What the difficulty aims at. */
const TARGET_BLOCK_SECONDS = 600;
/** Bitcoin consensus: one adjustment changes the difficulty at most by this factor. */
const CHANGE_MAX = 4;
/** Ballast's own: fewer blocks say little of their pace. */
const BLOCKS_FOR_A_PACE = 144;

/** The running 2,016 blocks, and what comes after them as things stand. */
export interface DifficultyEpoch {
  /** Mean seconds from block to block in it; the target of 600 where less than 144 blocks are known. */
  readonly blockSeconds: number;
  /** Height of the first block of the next difficulty. */
  readonly endsAtHeight: number;
  /** Expected moment, from the reading on at the pace so far. */
  readonly endsAt: Instant;
  /** Next difficulty ÷ this one, by the blocks so far; absent where their pace is not known. */
  readonly change?: number;
}

/** How the running epoch of 2,016 blocks stands: its pace, its expected end, and the next difficulty by that pace. */
export function difficultyEpoch({ height, tipAt, epochStartedAt, observedAt }: NetworkReading): DifficultyEpoch {
  // the first block's own time is that of its beginning
  const blocks = height % BLOCKS_PER_EPOCH;
  const endsAtHeight = height - blocks + BLOCKS_PER_EPOCH;
  const pace =
    epochStartedAt === undefined || blocks < BLOCKS_FOR_A_PACE
      ? undefined
      : secondsBetween(epochStartedAt, tipAt) / blocks;
  const isPossible = pace !== undefined && pace > 0;
  const blockSeconds = isPossible ? pace : TARGET_BLOCK_SECONDS;
  const endsAt = addSeconds(observedAt, (endsAtHeight - height - 1) * blockSeconds);
  if (!isPossible) return { blockSeconds, endsAtHeight, endsAt };
  const change = TARGET_BLOCK_SECONDS / pace;
  return { blockSeconds, endsAtHeight, endsAt, change: change > CHANGE_MAX ? CHANGE_MAX : least(change) };
}

function least(change: number): number {
  return change < 1 / CHANGE_MAX ? 1 / CHANGE_MAX : change;
}
