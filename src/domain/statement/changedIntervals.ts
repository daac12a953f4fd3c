import type { ClientInterval, DaySettlement } from "../settlement/model.ts";
import type { ClientId } from "../units/ids.ts";
import { sameValue } from "../units/sameValue.ts";

/** One interval as a client was charged for it, and as it is settled now; absent where it was not settled. */
export interface ChangedInterval {
  readonly intervalKey: string;
  readonly old?: ClientInterval;
  readonly now?: ClientInterval;
}

/** Every interval of a client whose price, energy or amounts differ between two settlements, in the order of time. */
export function changedIntervals(
  clientId: ClientId,
  { previous, next }: { readonly previous: readonly DaySettlement[]; readonly next: readonly DaySettlement[] },
): ChangedInterval[] {
  const [old, now] = [ofClient(clientId, previous), ofClient(clientId, next)];
  return [...new Map([...old, ...now])]
    .toSorted(([, a], [, b]) => (a.startAt < b.startAt ? -1 : 1))
    .map(([intervalKey]) => ({ intervalKey, old: old.get(intervalKey), now: now.get(intervalKey) }))
    .filter((row) => !sameValue(content(row.old), content(row.now)));
}

function ofClient(clientId: ClientId, days: readonly DaySettlement[]): Map<string, ClientInterval> {
  return new Map(
    days
      .flatMap(({ result }) => result.clientIntervals)
      .filter((one) => one.clientId === clientId)
      .map((one) => [one.intervalKey, one]),
  );
}

/** A price posted again under another version changes nothing. */
function content(interval: ClientInterval | undefined): unknown {
  return interval && { ...interval, priceVersion: undefined };
}
