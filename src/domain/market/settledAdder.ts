import { secondsBetween } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { ScedRun, SettlementInterval } from "./model.ts";
import { intervalEnd, intervalStart } from "./calendar.ts";
import { secondsInForce } from "./expectedIntervalPrice.ts";

/** Cents are all that is published: a difference up to this is rounding, not an adder. */
const ROUNDING_USD_PER_MWH = 0.02;

/**
 * SCED runs every 300 s and now and then in between. Two known runs further apart have at least one unknown between
 * them, which may have been the one with the price.
 */
const RUNS_APART_SECONDS_MAX = 330;

/**
 * Adder of a settled interval, $/MWh: its published settlement price minus the time-weighted LMP of its SCED runs; 0
 * when the difference is rounding (≤ 0.02), negative where ERCOT's own averaging differs. Undefined while a run may be
 * missing: from the one in force at the interval's start to the first one stamped at or after its end, each must follow
 * the one before within 330 s.
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
  const start = intervalStart(input.interval);
  if (!runsAreComplete(input.runs, start, intervalEnd(input.interval))) return undefined;
  const parts = secondsInForce(start, input.runs);
  const timeWeighted = parts.reduce((sum, part) => sum + part.lmpUsdPerMwh * part.seconds, 0) / 900;
  const difference = input.priceUsdPerMwh - timeWeighted;
  return difference <= ROUNDING_USD_PER_MWH && difference >= -ROUNDING_USD_PER_MWH ? 0 : difference;
}

function runsAreComplete(runs: readonly ScedRun[], start: Instant, end: Instant): boolean {
  const stamps = runs.map((run) => run.scedAt).toSorted();
  const first = stamps.findLastIndex((at) => at <= start);
  const last = stamps.findIndex((at) => at >= end);
  if (first === -1 || last === -1) return false;
  const between = stamps.slice(first, last + 1);
  return between.every((at, i) => {
    const before = between[i - 1];
    return before === undefined || secondsBetween(before, at) <= RUNS_APART_SECONDS_MAX;
  });
}
