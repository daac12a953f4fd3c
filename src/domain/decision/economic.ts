import type { ModeStrike } from "./modeStrikes.ts";

/**
 * Mode (index, 0 = off) that the price alone asks for, from the one a cohort is in: down through neighboring pairs
 * while the expected price is above the pair's `offAbove`, otherwise up while it is below `onBelow`. Between the two it
 * stays: the hysteresis that keeps every noise crossing from buying a restart.
 */
export function economicMode(strikes: readonly ModeStrike[], currentIndex: number, expectedUsdPerMwh: number): number {
  let index = currentIndex;
  while (index > 0 && expectedUsdPerMwh > (strikes[index - 1]?.offAboveUsdPerMwh ?? Number.POSITIVE_INFINITY))
    index -= 1;
  if (index < currentIndex) return index;
  while (index < strikes.length && expectedUsdPerMwh < (strikes[index]?.onBelowUsdPerMwh ?? Number.NEGATIVE_INFINITY))
    index += 1;
  return index;
}
