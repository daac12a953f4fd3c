import type { ScedRun, SettlementInterval } from "./model.ts";
import { intervalEnd, intervalStart } from "./calendar.ts";
import { secondsInForce } from "./expectedIntervalPrice.ts";

/** Cents are all that is published: a difference up to this is rounding, not an adder. */
const ROUNDING_USD_PER_MWH = 0.02;

/**
 * Adder of a settled interval, $/MWh: its published settlement price minus the time-weighted LMP of its SCED runs; 0
 * when the difference is rounding (≤ 0.02). Undefined while the interval's runs are not complete: one must be in force
 * at its start, and one stamped at or after its end must be known, because runs are published in order.
 *
 * Source: ERCOT Protocols 6.5.7.3.1 (reliability deployment price adders) and 6.6.1; system-wide, the same at every
 * hub.
 * @throws UnitError when there is no such interval.
 */
export function settledAdder(input: {
  readonly interval: SettlementInterval;
  readonly runs: readonly ScedRun[];
  readonly priceUsdPerMwh: number;
}): number | undefined {
  const end = intervalEnd(input.interval);
  const parts = secondsInForce(intervalStart(input.interval), input.runs);
  if (parts.length === 0 || !input.runs.some((run) => run.scedAt >= end)) return undefined;
  const timeWeighted = parts.reduce((sum, part) => sum + part.lmpUsdPerMwh * part.seconds, 0) / 900;
  const difference = input.priceUsdPerMwh - timeWeighted;
  return difference <= ROUNDING_USD_PER_MWH && difference >= -ROUNDING_USD_PER_MWH ? 0 : difference;
}
