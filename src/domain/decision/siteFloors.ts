import type { Band } from "./attributed.ts";
import { kwAt, positionAtLeast } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { SiteFloor } from "./ladder.ts";

/** Positions that the bands so far leave, a frame each. */
export interface Left {
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

/** A floor of the site with the band that asks for it. */
export interface BandFloor extends SiteFloor {
  readonly band: Band;
}

/** Positions as near to these as what is left allows. */
export function within(positions: readonly number[], { lowest, highest }: Left): readonly number[] {
  return positions.map((one, i) => Math.min(Math.max(one, lowest[i] as number), highest[i] as number));
}

/**
 * The floors that a band of the site sets at `minKw`. One of reserve, which keeps frames on up to `upTo`, keeps what
 * runs before it starts anything: what starts is not there yet.
 */
export function bandFloors(
  band: Band,
  minKw: number,
  upTo: readonly number[] | undefined,
  frames: readonly CohortFrame[],
): readonly BandFloor[] {
  if (upTo === undefined) return [{ band, minKw }];
  const running = upTo.map((position, i) => Math.min(position, (frames[i] as CohortFrame).current));
  return [
    { band, minKw, upTo: running },
    { band, minKw, upTo },
  ];
}

/** The least position at which a frame still lets a floor hold with all that the others can give it. */
export function neededFor(
  { minKw, upTo }: SiteFloor,
  at: number,
  frames: readonly CohortFrame[],
  constantKw: number,
  left: Left,
): number {
  const given = upTo === undefined ? left.highest : within(upTo, left);
  const frame = frames[at] as CohortFrame;
  const kw = frames.reduce((sum, one, i) => sum + kwAt(one, given[i] as number), constantKw);
  const needed = positionAtLeast(frame, minKw - (kw - kwAt(frame, given[at] as number)));
  return upTo === undefined ? needed : Math.min(needed, given[at] as number);
}
