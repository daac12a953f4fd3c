import type { PriceDay, PriceInterval, PriceRun } from "./priceDay.ts";

const INTERVAL_MS = 900_000;
/** Cents are all that is published: less is rounding. */
const ROUNDING_USD = 0.02;

/**
 * The system-wide adder of each settlement interval of a day, $/MWh with two decimals, by the interval's start: what
 * the settlement price of a point has beyond the mean of its SCED prices over the seconds that they were in force.
 * `0.00` where the two agree, the price is the lower one, or a run is missing.
 */
export function systemAdders({ runs, intervals }: PriceDay): (startMs: number) => string {
  const byStart = new Map(intervals.map((interval) => [interval.startMs, adderOf(interval, runs)]));
  return (startMs) => (byStart.get(startMs) ?? 0).toFixed(2);
}

/** The adder of the interval in which a SCED run was made. */
export function adderAt(adders: (startMs: number) => string, atMs: number): string {
  return adders(Math.floor(atMs / INTERVAL_MS) * INTERVAL_MS);
}

function adderOf({ startMs, prices }: PriceInterval, runs: readonly PriceRun[]): number {
  for (const { point, type, price } of prices) {
    const mean = type === "LZEW" ? undefined : meanLmp(point, startMs, runs);
    if (mean === undefined) continue;
    const adder = Number(price) - mean;
    return adder > ROUNDING_USD ? adder : 0;
  }
  return 0;
}

/** Undefined where no run of the point is in force at the start. */
function meanLmp(point: string, startMs: number, runs: readonly PriceRun[]): number | undefined {
  const endMs = startMs + INTERVAL_MS;
  const first = runs.findLastIndex(({ atMs }) => atMs <= startMs);
  if (first === -1) return undefined;
  let sum = 0;
  for (let at = first; at < runs.length && (runs[at] as PriceRun).atMs < endMs; at += 1) {
    const { atMs, lmps } = runs[at] as PriceRun;
    const lmp = lmps.find((one) => one.point === point)?.lmp;
    if (lmp === undefined) return undefined;
    const untilMs = Math.min(runs[at + 1]?.atMs ?? endMs, endMs);
    sum += Number(lmp) * (untilMs - Math.max(atMs, startMs));
  }
  return sum / INTERVAL_MS;
}
