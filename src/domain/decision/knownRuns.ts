import type { ScedRun } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";

/** The run in force at an instant and every later one; `runs` ascending. All of them when none is in force yet. */
export function runsFrom(runs: readonly ScedRun[], at: Instant): readonly ScedRun[] {
  const inForce = runs.findLastIndex((run) => run.scedAt <= at);
  return inForce === -1 ? runs : runs.slice(inForce);
}

/** Runs with one more, ascending by time stamp; the same run again replaces the known value (a correction). */
export function withRun(runs: readonly ScedRun[], run: ScedRun): readonly ScedRun[] {
  const before = runs.filter((known) => known.scedAt < run.scedAt);
  const after = runs.filter((known) => known.scedAt > run.scedAt);
  return [...before, run, ...after];
}
