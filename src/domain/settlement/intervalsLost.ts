import { intervalEnd, parseIntervalKey } from "../market/calendar.ts";
import type { FoundFrozenLater, SettledDay } from "./model.ts";

/**
 * What an earlier version of a day settled and a later one does not, as `interval of client`. Prices, registers and
 * decisions are only ever added, so that nothing of the world takes a settled interval back but one: a meter that is
 * found frozen later takes back the interval that ended at the boundary from which on its register stood.
 */
export function intervalsLost(
  previous: SettledDay,
  next: SettledDay,
  foundFrozenLater: readonly FoundFrozenLater[] = [],
): string[] {
  const settled = new Set(next.clientIntervals.map(nameOf));
  const standing = new Set(foundFrozenLater.map(({ standsSince }) => standsSince));
  return previous.clientIntervals
    .filter(({ intervalKey }) => !standing.has(intervalEnd(parseIntervalKey(intervalKey))))
    .map(nameOf)
    .filter((name) => !settled.has(name));
}

function nameOf({ intervalKey, clientId }: SettledDay["clientIntervals"][number]): string {
  return `${intervalKey} of ${clientId}`;
}
