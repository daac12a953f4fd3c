import { HOURS_PER_MONTH } from "./productionCost.ts";

/** What a megawatt that can be off was worth over a span of settled prices. */
export interface CurtailmentValue {
  /** For a mean month, by the prices of the span. */
  readonly usdPerMwMonth: number;
  /** Share 0..1 of the span in which it is off. */
  readonly offShare: number;
}

const QUARTER_HOURS = 0.25;

/**
 * Value of being off whenever the price lies above the strike, $ for a MW and mean month: Σ max(price − strike, 0) over
 * the quarter hours, in proportion to the hours of a month. It knows each price in time and restarts for nothing, so it
 * bounds what a policy can earn. Undefined without a price.
 */
export function curtailmentValue(
  pricesUsdPerMwh: readonly number[],
  strikeUsdPerMwh: number,
): CurtailmentValue | undefined {
  if (pricesUsdPerMwh.length === 0) return undefined;
  let usdPerMw = 0;
  let off = 0;
  for (const price of pricesUsdPerMwh) {
    if (price <= strikeUsdPerMwh) continue;
    usdPerMw += (price - strikeUsdPerMwh) * QUARTER_HOURS;
    off += 1;
  }
  const hours = pricesUsdPerMwh.length * QUARTER_HOURS;
  return { usdPerMwMonth: (usdPerMw * HOURS_PER_MONTH) / hours, offShare: off / pricesUsdPerMwh.length };
}
