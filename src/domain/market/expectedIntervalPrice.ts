import { addSeconds, msOfInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { ExpectedIntervalPrice, ScedRun } from "./model.ts";

const INTERVAL_SECONDS = 900;

/**
 * Expected settlement price of one 15-minute interval from the SCED runs known at `asOf`, $/MWh.
 *
 * Each run prices the seconds from its time stamp to the next run's; the run before the interval's start stays in force
 * into it, and the last known run is taken to persist to the end. Runs may come in any order; those stamped after
 * `asOf` or past the interval are not looked at. `adderUsdPerMwh` is added as given (read, or inferred and
 * already by the policy's share).
 *
 * `fixedShare` counts the seconds up to `asOf`: a run that is in force but not yet published can still change the last
 * of them. The bounds price the seconds after `asOf` at the floor and at the cap, or at the last LMP where that lies
 * outside, because congestion carries prices past both. Undefined when no run is in force at the interval's start.
 *
 * Source: ERCOT Protocols 6.6.1 (Real-Time Settlement Point Price: SCED-interval prices weighted by their seconds, plus
 * adders).
 */
export function expectedIntervalPrice(input: {
  readonly intervalStart: Instant;
  readonly asOf: Instant;
  readonly runs: readonly ScedRun[];
  readonly adderUsdPerMwh: number;
  readonly floorUsdPerMwh: number;
  readonly capUsdPerMwh: number;
}): ExpectedIntervalPrice | undefined {
  const known = input.runs.filter((run) => run.scedAt <= input.asOf);
  const parts = secondsInForce(input.intervalStart, known);
  const last = parts.at(-1);
  if (last === undefined) return undefined;

  const elapsed = (msOfInstant(input.asOf) - msOfInstant(input.intervalStart)) / 1000;
  const fixedSeconds = Math.min(Math.max(elapsed, 0), INTERVAL_SECONDS);
  const openSeconds = INTERVAL_SECONDS - fixedSeconds;
  const dollarSeconds = parts.reduce((sum, part) => sum + part.lmpUsdPerMwh * part.seconds, 0);
  const withOpenAt = (price: number): number =>
    (dollarSeconds + (price - last.lmpUsdPerMwh) * openSeconds) / INTERVAL_SECONDS + input.adderUsdPerMwh;
  return {
    expectedUsdPerMwh: withOpenAt(last.lmpUsdPerMwh),
    lowerUsdPerMwh: withOpenAt(Math.min(input.floorUsdPerMwh, last.lmpUsdPerMwh)),
    upperUsdPerMwh: withOpenAt(Math.max(input.capUsdPerMwh, last.lmpUsdPerMwh)),
    fixedShare: fixedSeconds / INTERVAL_SECONDS,
    timeWeightedLmpUsdPerMwh: dollarSeconds / INTERVAL_SECONDS,
    adderUsdPerMwh: input.adderUsdPerMwh,
    parts,
  };
}

/**
 * Seconds of an interval that each run is in force, in order; they sum to 900. Empty when no run is in force at the
 * start. Runs in any order; two with the same stamp are a caller's mistake and the later one in the list wins.
 */
export function secondsInForce(intervalStart: Instant, runs: readonly ScedRun[]): ExpectedIntervalPrice["parts"] {
  const startMs = msOfInstant(intervalStart);
  const endMs = startMs + INTERVAL_SECONDS * 1000;
  const end = addSeconds(intervalStart, INTERVAL_SECONDS);
  const ordered = runs
    .filter((run) => run.scedAt < end)
    .toSorted((a, b) => (a.scedAt < b.scedAt ? -1 : a.scedAt > b.scedAt ? 1 : 0));
  const first = ordered.findLastIndex((run) => run.scedAt <= intervalStart);
  if (first === -1) return [];
  const inForce = ordered.slice(first);
  return inForce
    .map((run, index) => {
      const next = inForce[index + 1];
      const fromMs = Math.max(msOfInstant(run.scedAt), startMs);
      const toMs = next === undefined ? endMs : msOfInstant(next.scedAt);
      return { scedAt: run.scedAt, lmpUsdPerMwh: run.lmpUsdPerMwh, seconds: (toMs - fromMs) / 1000 };
    })
    .filter((part) => part.seconds > 0);
}
