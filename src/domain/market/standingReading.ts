import { addSeconds, type Instant } from "../units/instant.ts";

/** What one of several sources says of one quantity. */
export interface SourceReading {
  readonly source: string;
  readonly value: number;
}

/** How far sources may differ, and a value may move on the word of one. */
export interface ReadingLimits {
  /** Two differ by at most this share of the lower one where they agree. */
  readonly maxDifferenceShare: number;
  /** One source alone may move the value by this share of the lower of both. */
  readonly maxMoveShare: number;
  /** A greater move of one source counts once it has lasted so long, each reading near the one before. */
  readonly moveStandsAfterSeconds: number;
}

/** How the reading came to stand. */
export interface Standing {
  /** Sources that speak say different things. */
  readonly isDisputed?: true;
  /** Since when every source has moved too far to be believed alone: what stands is what stood before. */
  readonly movedSince?: Instant;
  /** The lowest value that they say since then. */
  readonly movedTo?: number;
}

/**
 * Which reading stands, of the sources that are fresh: the lowest that is believed. A source is believed that another
 * one agrees with, or that lies near what stood before; one that has moved farther, once the move has lasted: a value
 * that jumps again begins anew. Until then what stood before stands. The lowest is the cautious one: a machine that
 * stands still for too low a hashprice loses at most its strike, one that runs for too high a one loses whatever the
 * price is above it. Undefined when no source is fresh. Ballast's own rule.
 */
export function standingReading<Reading extends SourceReading>(
  fresh: readonly Reading[],
  before: (Reading & Standing) | undefined,
  limits: ReadingLimits,
  asOf: Instant,
): (Reading & Standing) | undefined {
  const ascending = fresh.toSorted((a, b) => a.value - b.value);
  const [lowest] = ascending;
  if (lowest === undefined) return undefined;
  const agree = (a: Reading, b: Reading): boolean => differ(a.value, b.value) <= limits.maxDifferenceShare;
  const mark = ascending.every((one) => agree(one, lowest)) ? {} : { isDisputed: true as const };
  if (before === undefined) return { ...lowest, ...mark };
  const { isDisputed: _isDisputed, movedSince: since = asOf, movedTo = lowest.value, ...stood } = before;
  const movedSince = differ(lowest.value, movedTo) <= limits.maxMoveShare ? since : asOf;
  const isNear = ({ value }: Reading): boolean => differ(value, before.value) <= limits.maxMoveShare;
  const isConfirmed = (one: Reading): boolean => ascending.some((other) => other !== one && agree(one, other));
  const believed = ascending.find((one) => isConfirmed(one) || isNear(one));
  if (believed !== undefined) return { ...believed, ...mark };
  if (addSeconds(movedSince, limits.moveStandsAfterSeconds) <= asOf) return { ...lowest, ...mark };
  return { ...(stood as unknown as Reading), ...mark, movedSince, movedTo: lowest.value };
}

/** How far two values lie apart, as a share of the lower one. */
function differ(a: number, b: number): number {
  return a < b ? b / a - 1 : a / b - 1;
}
