import type { SimClock } from "../model.ts";

/** A chain whose blocks come on the clock. */
export interface ChainOptions {
  readonly clock: SimClock;
  /** Height of the block found at `anchorMs`. */
  readonly anchorHeight: number;
  readonly anchorMs: number;
  /** 600 */
  readonly blockSeconds?: number;
  /** Difficulty of the block at a height. */
  readonly difficulty: (height: number) => number;
  /** Fees of the block at a height, satoshis. */
  readonly feesSats: (height: number) => number;
}

/** What the stand-ins answer from. */
export interface Chain {
  tip(): number;
  timeOf(height: number): number;
  difficulty(height: number): number;
  feesSats(height: number): number;
  subsidySats(height: number): number;
  hashOf(height: number): string;
  heightOf(hash: string): number;
}

const HASH_CHARS = 64;

/** A main chain as far as its stand-ins tell of it: one block after the other, evenly. Times in seconds since 1970. */
export function chainOf(options: ChainOptions): Chain {
  const { clock, anchorHeight, anchorMs, blockSeconds = 600, difficulty, feesSats } = options;
  return {
    tip: () => anchorHeight + Math.floor((clock.nowMs() - anchorMs) / (blockSeconds * 1000)),
    timeOf: (height) => Math.floor(anchorMs / 1000) + (height - anchorHeight) * blockSeconds,
    difficulty,
    feesSats,
    // Bitcoin Core: nSubsidy = 50 * COIN; nSubsidy >>= halvings
    subsidySats: (height) => Number(5_000_000_000n >> BigInt(Math.floor(height / 210_000))),
    hashOf: (height) => height.toString(16).padStart(HASH_CHARS, "0"),
    heightOf: (hash) => Number.parseInt(hash, 16),
  };
}
