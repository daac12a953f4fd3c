import { modeStrikes } from "../modeStrikes.ts";
import type { ModeStrike } from "../modeStrikes.ts";
import { lowerIndex } from "../split.ts";
import type { Policy } from "./policy.ts";

/**
 * Off above K + (`offFactor` − 1)·G, on below K − (1 − `onFactor`)·G: between the two a cohort stays, which keeps every
 * noise crossing from buying a restart. Machines of a cohort in two modes are asked mode by mode.
 */
export const hysteresis = {
  kind: "hysteresis",
  comparisons: (plan, { cohort, able }, usdPerPhDay) =>
    able === 0 ? [] : modeStrikes({ ...cohort, machines: able }, usdPerPhDay, plan),
  wish: (strikes, able, from, expectedUsdPerMwh) => {
    const index = lowerIndex(able, from);
    const inUpper = from - index * able;
    const lower = wishedMode(strikes, index, expectedUsdPerMwh);
    const upper = inUpper === 0 ? lower : wishedMode(strikes, index + 1, expectedUsdPerMwh);
    return (able - inUpper) * lower + inUpper * upper;
  },
} as const satisfies Policy;

/**
 * Mode (index, 0 = off) that the price alone asks for, from the one a machine is in: down through neighboring pairs
 * while the expected price is above the pair's `offAbove`, otherwise up while it is below `onBelow`.
 */
function wishedMode(strikes: readonly ModeStrike[], from: number, expectedUsdPerMwh: number): number {
  let index = from;
  while (index > 0 && expectedUsdPerMwh > (strikes[index - 1]?.offAboveUsdPerMwh ?? Number.POSITIVE_INFINITY))
    index -= 1;
  if (index < from) return index;
  while (index < strikes.length && expectedUsdPerMwh < (strikes[index]?.onBelowUsdPerMwh ?? Number.NEGATIVE_INFINITY))
    index += 1;
  return index;
}
