import type { Instant } from "../units/instant.ts";
import type { ScedRun } from "../market/model.ts";

/**
 * A SCED run, and the market time at which this price of it first reached the site; `isDerived` where it is made of a
 * past day's settlement prices.
 */
export type KnownRun = ScedRun & { readonly knownAt?: Instant; readonly isDerived?: true };

/** The run in force at an instant and every later one; `runs` ascending. All of them when none is in force yet. */
export function runsFrom<Run extends { readonly scedAt: Instant }>(runs: readonly Run[], at: Instant): readonly Run[] {
  const inForce = runs.findLastIndex((run) => run.scedAt <= at);
  return inForce === -1 ? runs : runs.slice(inForce);
}

/**
 * Runs with one more, ascending by time stamp; the same run again replaces the known value (a correction), and changes
 * nothing at the same price.
 */
export function withRun(runs: readonly KnownRun[], run: KnownRun): readonly KnownRun[] {
  if (runs.some((known) => known.scedAt === run.scedAt && known.lmpUsdPerMwh === run.lmpUsdPerMwh)) return runs;
  const before = runs.filter((known) => known.scedAt < run.scedAt);
  const after = runs.filter((known) => known.scedAt > run.scedAt);
  return [...before, run, ...after];
}
