/**
 * Seconds from a mark to the publication of its document by the PublishDate of ERCOT's MIS list, as they were seen: by
 * UTC hour of the mark, newest last. Plain JSON, so that a feed's cursor can hold it. Bounded: a restart remembers, a
 * year does not grow it.
 */
export type PublicationDelays = Readonly<Record<string, readonly number[]>>;

/** Of an hour of the day: one day at marks every 5 minutes, three at marks every 15. */
const HOUR_DELAYS_MAX = 12;
const HOURS = 24;

/** The memory after a document came `delaySeconds` after the mark at `markSeconds` (since 1970). */
export function withDelay(delays: PublicationDelays, markSeconds: number, delaySeconds: number): PublicationDelays {
  const hour = hourOf(markSeconds);
  return { ...delays, [hour]: [...(delays[hour] ?? []), delaySeconds].slice(-HOUR_DELAYS_MAX) };
}

/**
 * What is known of the delay after the mark at `markSeconds`, ascending: the hour before it, its own and the next of
 * the days before, since a source drifts with the hour of day; all that is known where those hours know too little.
 */
export function likelyDelays(delays: PublicationDelays, markSeconds: number): readonly number[] {
  const hour = hourOf(markSeconds);
  const near = [hour + HOURS - 1, hour, hour + 1].flatMap((one) => delays[one % HOURS] ?? []);
  const known = near.length >= HOUR_DELAYS_MAX / 2 ? near : Object.values(delays).flat();
  return known.toSorted((a, b) => a - b);
}

function hourOf(seconds: number): number {
  return Math.floor(seconds / 3600) % HOURS;
}
