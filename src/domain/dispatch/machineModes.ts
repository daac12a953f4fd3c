import type { ModeShare } from "../decision/split.ts";

/**
 * Which machine of a cohort is in which mode of a split: the mode of each in inventory order; `able` says who is able
 * to run, `awake` who of them draws. Stable without memory: the first able machines that draw are in the highest mode,
 * the next in the one below, those that sleep after them; the lowest has all others. So none is woken while one that
 * draws goes down. Machines that are not able come last, so they are told the lowest mode, unless fewer are able than
 * the split was decided for. Empty for an empty split: there is no mode to be in.
 */
export function machineModes(
  split: readonly ModeShare[],
  able: readonly boolean[],
  awake: readonly boolean[] = able,
): string[] {
  const [lowest, ...higher] = split;
  if (lowest === undefined) return [];
  const places = able.map((_, place) => place);
  const inOrder = [
    ...places.filter((place) => able[place] && awake[place]),
    ...places.filter((place) => able[place] && !awake[place]),
    ...places.filter((place) => !able[place]),
  ];
  const modes = able.map(() => lowest.modeId);
  let taken = 0;
  for (const { modeId, machines } of higher.toReversed()) {
    for (const place of inOrder.slice(taken, taken + machines)) modes[place] = modeId;
    taken += machines;
  }
  return modes;
}
