import type { NetworkReading } from "./bitcoinNetwork.ts";

/** Ballast's own bounds: passed by the main chain in 2021, and far above it; test chains lie outside one of them. */
const HEIGHT = { from: 700_000, to: 3_000_000 };
const DIFFICULTY = { from: 1e13, to: 1e17 };
/** The block of the 2024 halving paid 37.6 BTC, and no mean of a day came near it. */
const FEES_SATS_MAX = 5_000_000_000;

/**
 * Why a reading cannot be of Bitcoin's main chain, for whoever looks at its source; undefined when it can: height
 * 700,000 to 3,000,000, difficulty 10^13 to 10^17, at most 50 BTC of fees in the mean block.
 */
export function networkProblem({
  height,
  difficulty,
  feesSatsPerBlock,
}: Pick<NetworkReading, "height" | "difficulty" | "feesSatsPerBlock">): string | undefined {
  const outside = (what: string, found: number, { from, to }: { readonly from: number; readonly to: number }) =>
    found >= from && found <= to
      ? undefined
      : `expected ${what} of Bitcoin's main chain, ${from} to ${to}, found ${found}: is it another chain?`;
  return (
    outside("a height", height, HEIGHT) ??
    outside("a difficulty", difficulty, DIFFICULTY) ??
    outside("mean fees of a block in satoshis", feesSatsPerBlock, { from: 0, to: FEES_SATS_MAX })
  );
}
