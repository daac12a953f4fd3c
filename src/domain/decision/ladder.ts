import { kwAt, stepKw } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import { lowerIndex } from "./split.ts";

/** kW below which a site does not go. */
export interface SiteFloor {
  readonly minKw: number;
  /** How far up it keeps each frame on or brings it up; as far as there is room where absent. */
  readonly upTo?: readonly number[];
}

/** Where a ladder puts each frame. */
export interface Filled {
  readonly positions: number[];
  /** Where it had them once each floor of the room held, in their order. */
  readonly afterFloors: readonly (readonly number[])[];
}

/** Positions between which the allocator may put a cohort, and the kW between which it brings the site. */
export interface Room {
  /** One a frame. */
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
  readonly floors?: readonly SiteFloor[];
  readonly maxKw?: number;
  /** Where machines are too coarse to stand between the two, the one of the higher rule holds. */
  readonly minFirst?: boolean;
}

/**
 * Fills the ladder of steps (cohort, pair of modes, kW) within a room, from where the price wants the cohorts: down
 * worst first and up best first, by the hashrate that a kW earns, which orders the steps as their strikes do. It takes
 * as few machines as reach the bound. One floor after another is met, as far as it brings frames up.
 */
export function fillLadder(
  frames: readonly CohortFrame[],
  constantKw: number,
  room: Room,
  wanted: readonly number[],
): Filled {
  const ladder = new Ladder(frames, constantKw, room, wanted);
  const steps = [(): void => ladder.down(room.maxKw), (): void => ladder.up(room.floors)];
  for (const step of room.minFirst === true ? steps : steps.toReversed()) step();
  return ladder;
}

class Ladder {
  readonly positions: number[];
  readonly afterFloors: number[][] = [];
  readonly #frames: readonly CohortFrame[];
  readonly #room: Room;
  #kw: number;

  constructor(frames: readonly CohortFrame[], constantKw: number, room: Room, wanted: readonly number[]) {
    this.#frames = frames;
    this.#room = room;
    this.positions = frames.map((_, i) => {
      const within = Math.max(wanted[i] as number, room.lowest[i] as number);
      return Math.min(within, room.highest[i] as number);
    });
    this.#kw = frames.reduce((kw, frame, i) => kw + kwAt(frame, this.positions[i] as number), constantKw);
  }

  down(maxKw: number | undefined): void {
    if (maxKw === undefined) return;
    const next = this.positions.map((_, i) => this.#nextThsPerKw(i, -1));
    while (this.#kw > maxKw + ROUNDING_KW) {
      const i = firstBest(next, (one, other) => one < other);
      if (i === undefined) return;
      this.#move(i, -1, this.#kw - maxKw);
      next[i] = this.#nextThsPerKw(i, -1);
    }
  }

  up(floors: readonly SiteFloor[] = []): void {
    for (const { minKw, upTo } of floors) {
      this.#upTo(minKw, upTo === undefined ? this.#room.highest : lowerOf(upTo, this.#room.highest));
      this.afterFloors.push([...this.positions]);
    }
  }

  #upTo(minKw: number, highest: readonly number[]): void {
    const next = this.positions.map((_, i) => this.#nextThsPerKw(i, 1, highest));
    while (this.#kw < minKw - ROUNDING_KW) {
      const i = firstBest(next, (one, other) => one > other);
      if (i === undefined) return;
      this.#move(i, 1, minKw - this.#kw, highest);
      next[i] = this.#nextThsPerKw(i, 1, highest);
    }
  }

  /** What a cohort's next step earns; undefined where the room has none. */
  #nextThsPerKw(i: number, way: 1 | -1, highest = this.#room.highest): number | undefined {
    const frame = this.#frames[i] as CohortFrame;
    const position = this.positions[i] as number;
    if (way === -1) return position > (this.#room.lowest[i] as number) ? stepThsPerKw(frame, position - 1) : undefined;
    return position < (highest[i] as number) ? stepThsPerKw(frame, position) : undefined;
  }

  /** As many machines over one pair of modes as it takes, and as there are. */
  #move(i: number, way: 1 | -1, missingKw: number, highest = this.#room.highest): void {
    const frame = this.#frames[i] as CohortFrame;
    const position = this.positions[i] as number;
    const first = way === -1 ? position - 1 : position;
    const pairStart = lowerIndex(frame.able, first) * frame.able;
    const end =
      way === -1
        ? Math.max(pairStart, this.#room.lowest[i] as number)
        : Math.min(pairStart + frame.able, highest[i] as number);
    const kw = stepKw(frame, first);
    const there = way === -1 ? position - end : end - position;
    const needed = kw > 0 ? Math.ceil((missingKw - ROUNDING_KW) / kw) : there;
    const to = position + way * Math.min(Math.max(needed, 1), there);
    this.#kw += kwAt(frame, to) - kwAt(frame, position);
    this.positions[i] = to;
  }
}

function lowerOf(one: readonly number[], other: readonly number[]): number[] {
  return one.map((position, i) => Math.min(position, other[i] as number));
}

/** Sums of floats that stand for the same kW differ by less. */
const ROUNDING_KW = 1e-6;

/** Index of the first number that no other is better than. */
function firstBest(
  numbers: readonly (number | undefined)[],
  isBetter: (one: number, other: number) => boolean,
): number | undefined {
  let best: number | undefined;
  let at: number | undefined;
  for (let i = 0; i < numbers.length; i++) {
    const one = numbers[i];
    if (one === undefined || (best !== undefined && !isBetter(one, best))) continue;
    best = one;
    at = i;
  }
  return at;
}

/** TH/s that a kW of the step above a position earns. */
function stepThsPerKw(frame: CohortFrame, position: number): number {
  const index = lowerIndex(frame.able, position);
  const lowerThs = frame.cohort.modes[index]?.hashrateThs ?? Number.NaN;
  const upperThs = frame.cohort.modes[index + 1]?.hashrateThs ?? Number.NaN;
  const kw = stepKw(frame, position);
  return kw > 0 ? (upperThs - lowerThs) / kw : 0;
}
