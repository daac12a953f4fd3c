import { machineModes } from "./machineModes.ts";
import type { CohortTarget, DispatchBatch, MachineSpan } from "./model.ts";

/**
 * The batches of a cohort that is driven: each machine of it in exactly one, of its own mode, none above `batchSize`
 * machines. `able` says in inventory order who is able to run, `awake` who of them draws. Where those that sleep are to
 * stay so (`keepsAsleep`), only those that draw are in one.
 */
export function batchesOf(
  target: CohortTarget,
  able: readonly boolean[],
  batchSize: number,
  awake: readonly boolean[] = able,
): DispatchBatch[] {
  const told = able.flatMap((_, place) => (target.keepsAsleep !== true || awake[place] === true ? [place] : []));
  const of = (flags: readonly boolean[]): boolean[] => told.map((place) => flags[place] === true);
  const modes = machineModes(target.shares, of(able), of(awake));
  return target.shares.flatMap(({ cohortId, modeId }) => {
    const places = told.filter((_, i) => modes[i] === modeId);
    return Array.from({ length: Math.ceil(places.length / batchSize) }, (_, batch) => ({
      cohortId,
      modeId,
      spans: spansOf(places.slice(batch * batchSize, (batch + 1) * batchSize)),
    }));
  });
}

/** Ascending places as spans without gaps. */
function spansOf(places: readonly number[]): MachineSpan[] {
  const spans: { from: number; to: number }[] = [];
  for (const place of places) {
    const last = spans.at(-1);
    if (last?.to === place) last.to = place + 1;
    else spans.push({ from: place, to: place + 1 });
  }
  return spans;
}
