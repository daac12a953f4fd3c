import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { fixed, kwChangeText, kwText } from "../units/numberText.ts";
import type { OthersMove } from "./othersMoved.ts";

/** Share of the instructed reduction that counts as delivered: ERCOT's performance band begins at 95 %. */
const DELIVERED_SHARE_MIN = 0.95;
/** A look at the meter this much before the deadline still says what it showed then, s. */
const LOOK_AGE_MAX = 120;
/** But no more than this share of the clock's whole time: 17 s into 30 s says nothing of their end. */
const LOOK_AGE_SHARE_MAX = 0.4;
/** A look that was due at the deadline is made a moment after it, s. */
const LOOK_LATE_MAX = 2;
/** A clock whose limit nobody knows is given up after that: the slowest product's 30 minutes. */
const WITHOUT_LIMIT_SECONDS = 1800;

/** One look at the site meter; no power where it was not read. */
export interface PowerLook {
  readonly at: Instant;
  readonly powerKw?: number;
  /** A dispatch made it before its commands, which have this revision. */
  readonly beforeRevision?: number;
  /** Load that is no part of the instruction had been ordered to move since the start, nobody knows how far. */
  readonly othersMoved?: true;
  /** By how much it may have moved the meter, where that is known. */
  readonly othersKw?: OthersMove;
}

/** A clock as it began. Power is that of the site meter, kW. */
export interface RunningClock {
  readonly startedAt: Instant;
  /** By when the load must be there; absent where neither product nor issuer says. */
  readonly dueAt?: Instant;
  /** The meter at the start; absent where it was not read. */
  readonly baseKw?: number;
  readonly baseAt?: Instant;
  /** The revision of the dispatch that read it before its commands; absent where it is a look of the watch. */
  readonly baseRevision?: number;
  readonly targetKw?: number;
}

/** What a clock comes to. */
export interface ClockVerdict {
  readonly outcome: "met" | "short" | "unknown" | "overtaken";
  /** From the start to the first look that shows it, s. */
  readonly seconds?: number;
  /** What is missing at the end, kW. */
  readonly shortKw?: number;
  readonly sentence: string;
}

/**
 * Runs an instruction's clock over the looks at the site meter from its start on, ascending, as of `now`: met at the
 * first look that shows 95 % of what was to come off; short, with what is missing, where the last look at the deadline
 * does not; unknown where the meter was not read when it had to be. Without a reading from the start only a level can
 * be judged, by itself, and a reduction is unknown at once: no later look tells it. So it is
 * from the first look on that shows ordered moves of other load whose size nobody knows (`othersMoved`). Where it is
 * known (`othersKw`), met is what they cannot have made, short what they cannot have hidden, and the rest unknown. A
 * look ahead of `now` was dated by a clock that was wrong: it says nothing. Undefined while it runs. `endedAt` is when
 * the instruction was replaced or recalled.
 */
export function responseClock(
  clock: RunningClock,
  looks: readonly PowerLook[],
  now: Instant,
  endedAt?: Instant,
): ClockVerdict | undefined {
  const { startedAt, baseKw, targetKw, dueAt } = clock;
  const endsAt = dueAt ?? addSeconds(startedAt, WITHOUT_LIMIT_SECONDS);
  const until = endedAt !== undefined && endedAt < endsAt ? endedAt : endsAt;
  const isOver = now >= until;
  if (targetKw === undefined) {
    const what = baseKw === undefined ? "the meter was not read at the start" : "nobody knows what it is measured by";
    return { outcome: "unknown", sentence: `Unknown: ${what}.` };
  }
  const allowedKw = mostKw(baseKw, targetKw);
  const lastAt = until < endsAt ? until : addSeconds(until, LOOK_LATE_MAX);
  const read = looks.filter(({ at, powerKw }) => at >= startedAt && at <= lastAt && at <= now && powerKw !== undefined);
  const hidden = read.findIndex(({ othersMoved }) => othersMoved === true);
  const there = read.slice(0, hidden === -1 ? read.length : hidden).find((look) => ownKw(look).mostKw <= allowedKw);
  if (there !== undefined) return met(clock, there, allowedKw);
  if (hidden !== -1) return { outcome: "unknown", sentence: hiddenText() };
  if (!isOver) return undefined;
  if (until < endsAt)
    return { outcome: "overtaken", sentence: `Replaced or recalled ${after(startedAt, until)}, before its time.` };
  const last = read.at(-1);
  const ageMax = LOOK_AGE_SHARE_MAX * secondsBetween(startedAt, endsAt);
  if (last?.powerKw === undefined || secondsBetween(last.at, until) > (ageMax < LOOK_AGE_MAX ? ageMax : LOOK_AGE_MAX))
    return { outcome: "unknown", sentence: `Unknown: the meter was not read at the deadline.` };
  const own = ownKw(last);
  if (own.leastKw <= allowedKw) return { outcome: "unknown", sentence: hiddenText(last.othersKw) };
  const shortKw = own.leastKw - targetKw;
  const limit = dueAt === undefined ? "with no limit known" : `of ${fixed(secondsBetween(startedAt, dueAt), 0)} s`;
  return {
    outcome: "short",
    shortKw,
    sentence:
      `Short by ${last.othersKw === undefined ? "" : "at least "}${kwText(shortKw)}: ` +
      `${kwText(last.powerKw)} on the meter ${after(startedAt, last.at)} ${limit}${othersText(last.othersKw)}, ` +
      `${kwText(targetKw)} asked for${baseKw === undefined ? "" : `, ${kwText(baseKw)} ${baseWords(clock)}`}.`,
  };
}

/** The most load that counts as delivered, kW. A site that is there already has nothing to deliver. */
function mostKw(baseKw: number | undefined, targetKw: number): number {
  return baseKw === undefined || baseKw <= targetKw ? targetKw : baseKw - DELIVERED_SHARE_MIN * (baseKw - targetKw);
}

function met(clock: RunningClock, { at, powerKw, othersKw }: PowerLook, allowedKw: number): ClockVerdict {
  const { startedAt, targetKw, baseKw, baseRevision } = clock;
  const seconds = secondsBetween(startedAt, at);
  const read = baseRevision === undefined ? "" : ` ${baseWords(clock)}`;
  const asked = allowedKw === targetKw ? "" : `, 95 % of the reduction from ${kwText(baseKw ?? Number.NaN)}${read}`;
  return {
    outcome: "met",
    seconds,
    sentence:
      `Met in ${fixed(seconds, 0)} s: ${kwText(powerKw ?? Number.NaN)} on the meter${othersText(othersKw)}, ` +
      `${kwText(targetKw ?? Number.NaN)} asked for${asked}.`,
  };
}

/** What the meter would show without the ordered moves of others, kW. */
function ownKw({ powerKw = Number.NaN, othersKw }: PowerLook): OthersMove {
  if (othersKw === undefined) return { leastKw: powerKw, mostKw: powerKw };
  return { leastKw: powerKw - othersKw.mostKw, mostKw: powerKw - othersKw.leastKw };
}

/** `, with between −110.0 kW and +0.0 kW by ordered moves of other cohorts`. */
function othersText(others: OthersMove | undefined): string {
  return others === undefined ? "" : `, with ${rangeText(others)} by ordered moves of other cohorts`;
}

function hiddenText(others?: OthersMove): string {
  const by = others === undefined ? "" : `, by ${rangeText(others)}`;
  const why = "and the site meter does not tell their load from this one's";
  return `Unknown: other cohorts were ordered to move meanwhile${by}, ${why}.`;
}

function rangeText({ leastKw, mostKw }: OthersMove): string {
  return `between ${kwChangeText(leastKw)} and ${kwChangeText(mostKw)}`;
}

function baseWords({ baseRevision }: RunningClock): string {
  return baseRevision === undefined ? "at the start" : `read before revision ${baseRevision} was ordered`;
}

function after(from: Instant, to: Instant): string {
  return `${fixed(secondsBetween(from, to), 0)} s after the start`;
}
