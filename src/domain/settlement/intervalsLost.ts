import type { SettledDay } from "./model.ts";

/**
 * What an earlier version of a day settled and a later one does not, as `interval of client`. Prices, registers and
 * decisions are only ever added, so that nothing of the world takes a settled interval back.
 */
export function intervalsLost(previous: SettledDay, next: SettledDay): string[] {
  const settled = new Set(next.clientIntervals.map(nameOf));
  return previous.clientIntervals.map(nameOf).filter((name) => !settled.has(name));
}

function nameOf({ intervalKey, clientId }: SettledDay["clientIntervals"][number]): string {
  return `${intervalKey} of ${clientId}`;
}
