import type { Band } from "./attributed.ts";
import { kwAt, positionAtLeast, positionAtMost } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import { fillLadder } from "./ladder.ts";
import type { Against, Narrowed, Taking } from "./narrowed.ts";
import type { Reason } from "./rules/index.ts";
import { type BandFloor, bandFloors, type Left, neededFor, within } from "./siteFloors.ts";

/** The room that bands leave, while one after another is taken, highest precedence first. */
export class Narrowing {
  readonly against = new Map<Band, Against>();
  readonly #frames: readonly CohortFrame[];
  readonly #constantKw: number;
  readonly #commanded: readonly boolean[] | undefined;
  readonly #lowest: number[];
  readonly #highest: number[];
  /** Without the bands that only keep machines from coming on. */
  readonly #highestLevel: number[];
  readonly #lowestBy: (Reason | undefined)[];
  readonly #highestBy: (Reason | undefined)[];
  readonly #pinnedBy: (Band | undefined)[];
  /** Of the site, each above the ones before it. */
  readonly #siteFloors: BandFloor[] = [];
  readonly #letGoKw = new Map<Band, number>();
  #minKw: number | undefined;
  #minBy: Reason | undefined;
  #maxKw: number | undefined;
  #maxBy: Reason | undefined;
  #minFirst = false;
  /** Where the rules so far have taken the cohorts from normal. */
  #taken: number[];
  readonly #takings: Taking[][];
  readonly #floors: Taking[][];

  constructor(frames: readonly CohortFrame[], constantKw: number, commanded: readonly boolean[] | undefined) {
    this.#frames = frames;
    this.#constantKw = constantKw;
    this.#commanded = commanded;
    this.#lowest = frames.map(({ current }, i) => (commanded?.[i] === false ? current : 0));
    this.#highest = frames.map(({ current, top }, i) => (commanded?.[i] === false ? current : top));
    this.#highestLevel = [...this.#highest];
    this.#lowestBy = frames.map(() => undefined);
    this.#highestBy = frames.map(() => undefined);
    this.#pinnedBy = frames.map(() => undefined);
    this.#taken = frames.map(({ normal }) => normal);
    this.#takings = frames.map(() => []);
    this.#floors = frames.map(() => []);
  }

  /** `keptBy`: of a floor of reserve, how far up it keeps each frame on. */
  take(band: Band, keptBy?: readonly number[]): void {
    if (band.cohortId === undefined) {
      if (band.maxKw !== undefined) this.#siteAtMost(band, band.maxKw);
      if (band.minKw !== undefined) this.#siteAtLeast(band, band.minKw, keptBy);
      return;
    }
    const i = this.#frames.findIndex(({ cohort }) => cohort.cohortId === band.cohortId);
    const frame = this.#frames[i];
    if (frame === undefined || this.#commanded?.[i] === false) return;
    if (band.maxKw !== undefined) this.#atMost(band, i, frame, band.maxKw);
    if (band.minKw !== undefined) this.#atLeast(band, i, frame, band.minKw);
    if (this.#pinnedBy[i] === undefined && this.#lowest[i] === this.#highest[i]) this.#pinnedBy[i] = band;
  }

  narrowed(): Narrowed {
    return {
      room: {
        lowest: this.#lowest,
        highest: this.#highest,
        minFirst: this.#minFirst,
        ...(this.#siteFloors.length === 0 ? {} : { floors: this.#siteFloors }),
        ...(this.#maxKw === undefined ? {} : { maxKw: this.#maxKw }),
      },
      takings: this.#takings,
      floors: this.#floors,
      siteFloors: this.#siteFloors.map(({ band }) => band),
      letGoKw: this.#letGoKw,
      pinnedBy: this.#pinnedBy,
      against: this.against,
    };
  }

  #atMost(band: Band, i: number, frame: CohortFrame, maxKw: number): void {
    const asked = positionAtMost(frame, maxKw);
    const forMin = this.#siteFloors.map((floor) => neededFor(floor, i, this.#frames, this.#constantKw, this.#left));
    const lowest = Math.max(this.#lowest[i] as number, ...forMin);
    const to = Math.max(asked, lowest);
    if (to > asked) this.#stands(band, asked < (this.#lowest[i] as number) ? this.#lowestBy[i] : this.#minBy);
    else if (kwAt(frame, to) > maxKw) this.#stands(band, undefined);
    if (to < (this.#highest[i] as number)) {
      this.#highest[i] = to;
      this.#highestBy[i] = band.reason;
    }
    if (band.onlyRestarts !== true) {
      this.#highestLevel[i] = Math.min(this.#highestLevel[i] as number, to);
      this.#taken[i] = Math.min(this.#taken[i] as number, to);
    }
    this.#takings[i]?.push({ band, position: to });
  }

  #atLeast(band: Band, i: number, frame: CohortFrame, minKw: number): void {
    const asked = positionAtLeast(frame, minKw);
    const leftByOthers = this.#maxKw === undefined ? undefined : this.#maxKw - this.#othersKw(this.#lowest, i);
    const forMax = leftByOthers === undefined ? frame.top : positionAtMost(frame, leftByOthers);
    const to = Math.min(asked, this.#highest[i] as number, Math.max(forMax, this.#lowest[i] as number));
    if (to < asked) this.#stands(band, asked > (this.#highest[i] as number) ? this.#highestBy[i] : this.#maxBy);
    else if (kwAt(frame, to) < minKw) this.#stands(band, undefined);
    if (to > (this.#lowest[i] as number)) {
      this.#lowest[i] = to;
      this.#lowestBy[i] = band.reason;
    }
    this.#floors[i]?.push({ band, position: Math.min(asked, this.#highestLevel[i] as number) });
  }

  #siteAtMost(band: Band, maxKw: number): void {
    const lowestKw = this.#kw(this.#lowest);
    const to = Math.max(maxKw, lowestKw, this.#minKw ?? lowestKw);
    if (to > maxKw) this.#stands(band, lowestKw > maxKw ? this.#aReason(this.#lowestBy) : this.#minBy);
    if (this.#maxKw !== undefined && this.#maxKw <= to) return;
    this.#maxKw = to;
    this.#maxBy = band.reason;
    this.#minFirst = this.#minKw !== undefined;
    const room = { lowest: this.#lowest, highest: this.#highestLevel, maxKw: to };
    this.#taken = fillLadder(this.#frames, this.#constantKw, room, this.#taken).positions;
    for (const [i, position] of this.#taken.entries()) this.#takings[i]?.push({ band, position });
  }

  #siteAtLeast(band: Band, minKw: number, keptBy?: readonly number[]): void {
    const highestKw = this.#kw(this.#highest);
    const reached = Math.min(minKw, highestKw, this.#maxKw ?? highestKw);
    if (reached < minKw)
      this.#stands(band, highestKw < minKw ? this.#aReason(this.#highestBy) : this.#maxBy, minKw - reached);
    const upTo = keptBy && within(keptBy, this.#left);
    const to = upTo === undefined ? reached : Math.min(reached, this.#kw(upTo));
    if (to < reached) this.#letGoKw.set(band, reached - to);
    if (this.#minKw !== undefined && this.#minKw >= to) return;
    this.#minKw = to;
    this.#minBy = band.reason;
    this.#minFirst = this.#maxKw === undefined;
    this.#siteFloors.push(...bandFloors(band, to, upTo, this.#frames));
    for (const [i, { top }] of this.#frames.entries()) this.#floors[i]?.push({ band, position: top });
  }

  get #left(): Left {
    return { lowest: this.#lowest, highest: this.#highest };
  }

  #stands(band: Band, by: Reason | undefined, kw?: number): void {
    this.against.set(band, { ...(by === undefined ? {} : { by }), ...(kw === undefined ? {} : { kw }) });
  }

  /** The first reason that bounds a cohort. */
  #aReason(by: readonly (Reason | undefined)[]): Reason | undefined {
    return by.find((reason) => reason !== undefined);
  }

  #kw(positions: readonly number[]): number {
    return this.#frames.reduce((kw, frame, i) => kw + kwAt(frame, positions[i] as number), this.#constantKw);
  }

  #othersKw(positions: readonly number[], i: number): number {
    return this.#kw(positions) - kwAt(this.#frames[i] as CohortFrame, positions[i] as number);
  }
}
