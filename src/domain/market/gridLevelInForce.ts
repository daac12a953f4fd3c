import { addSeconds, type Instant } from "../units/instant.ts";
import type { WeighedEvidence, WeighedNotices } from "./gridEvidence.ts";
import { isEmergency, isWorse, milderOf, worseOf, worstOf } from "./gridLevels.ts";
import type { GridLevel } from "./model.ts";

/** What the evidence allows at a moment. */
export interface GridBounds {
  /** The level is at least this; `unknown` where nothing raises it. */
  readonly atLeast: GridLevel;
  /** The level may fall to this; absent where no source that is fresh may lower it. */
  readonly atMost?: GridLevel;
  /** Sources that keep the level from falling further. */
  readonly keptBy: readonly string[];
  /** When a source that fell silent or cannot be read stops keeping its emergency; absent where none does. */
  readonly changesAt?: Instant;
}

/**
 * The grid level in force, from the one before and the evidence of every source: `before` within what the evidence
 * allows at `at`. Pure, and the same however often it is asked in between. Ballast's own rule.
 */
export function gridLevelInForce(
  before: GridLevel,
  evidence: readonly WeighedEvidence[],
  at: Instant,
  notices?: WeighedNotices,
  deployedUpTo?: GridLevel,
): GridLevel {
  const { atLeast, atMost } = gridBounds(evidence, at, notices, deployedUpTo);
  if (isWorse(atLeast, before)) return atLeast;
  return atMost !== undefined && isWorse(before, atMost) ? atMost : before;
}

/**
 * What the evidence allows. It rises by what one source that speaks says in two consecutive polls, or two of different
 * kinds in one each, or one in one poll and a notice in force, or a deployment, as far as each goes (`deployedUpTo`);
 * those alone raise nothing, and a deployment keeps nothing. It falls to the worst that either of the last two polls of
 * a fresh source says, once each has said a level twice, and no further than a notice in force. A source that is silent
 * or cannot be read is not fresh: it keeps nothing below EEA 1, and an emergency until a fresh source has said lower
 * after it went quiet; a notice of a silent page likewise. Without a fresh source nothing falls.
 * Ballast's own rule.
 */
export function gridBounds(
  evidence: readonly WeighedEvidence[],
  at: Instant,
  notices?: WeighedNotices,
  deployedUpTo: GridLevel = "unknown",
): GridBounds {
  const speaking = evidence.filter(({ isSilent }) => !isSilent);
  const fresh = speaking.filter(isFresh);
  const twice = speaking.map((one) => milderOf(one.level, newestOf(one)));
  const deployed = milderOf(worstOf(fresh.map(newestOf)), deployedUpTo);
  const atLeast = worstOf([...twice, saidByTwoKinds(fresh), saidAndNoticed(fresh, notices), deployed]);
  const untold = fresh.filter(({ level }) => level === "unknown").map(({ source }) => source);
  if (fresh.length === 0 || untold.length > 0) return { atLeast, keptBy: untold };
  const said = fresh.map((one) => ({
    source: one.source,
    level: worstOf([one.level, newestOf(one), one.above ?? "unknown"]),
  }));
  const keeping = evidence.flatMap((one) => {
    const until = fresh.includes(one) || !isEmergency(one.level) ? undefined : keptUntil(one, fresh, at);
    return until === undefined ? [] : [{ source: one.source, level: one.level, until }];
  });
  const noticed = keptByNotices(notices, fresh, at);
  keeping.push(...(noticed === undefined ? [] : [noticed]));
  const all = [...said, ...keeping];
  const atMost = worstOf([atLeast, ...all.map(({ level }) => level)]);
  const keptBy = all.filter(({ level }) => level === atMost).map(({ source }) => source);
  const [changesAt] = keeping.flatMap(({ until }) => (until === "open" ? [] : [until])).toSorted();
  return { atLeast, atMost, keptBy, ...(changesAt === undefined ? {} : { changesAt }) };
}

/** Whether a source speaks and can be read. */
export function isFresh({ isSilent, unreadableSince }: WeighedEvidence): boolean {
  return !isSilent && unreadableSince === undefined;
}

/** The worst that any poll of a fresh source says; `unknown` where none is fresh. */
export function saidByFresh(evidence: readonly WeighedEvidence[]): GridLevel {
  return worstOf(evidence.filter(isFresh).map((one) => worseOf(one.level, newestOf(one))));
}

/** What a source says in its newest poll. */
function newestOf({ level, next }: WeighedEvidence): GridLevel {
  return next === undefined ? level : next.level;
}

/** The worst level that two kinds of sources say at least, each in its newest poll. */
function saidByTwoKinds(fresh: readonly WeighedEvidence[]): GridLevel {
  const kinds = [...new Set(fresh.map(({ report, source }) => report ?? source))];
  const worst = kinds.map((kind) =>
    worstOf(fresh.filter(({ report, source }) => (report ?? source) === kind).map(newestOf)),
  );
  const [first, ...others] = worst.toSorted((a, b) => (isWorse(a, b) ? -1 : isWorse(b, a) ? 1 : 0));
  return first === undefined ? "unknown" : worstOf(others);
}

/** The worst that the newest poll of a fresh source and a notice in force both say at least. */
function saidAndNoticed(fresh: readonly WeighedEvidence[], notices: WeighedNotices | undefined): GridLevel {
  return notices === undefined || notices.isSilent ? "unknown" : milderOf(worstOf(fresh.map(newestOf)), notices.level);
}

/** What the notices keep, and until when; undefined where they keep nothing. */
function keptByNotices(
  notices: WeighedNotices | undefined,
  fresh: readonly WeighedEvidence[],
  at: Instant,
): { readonly source: string; readonly level: GridLevel; readonly until: Instant | "open" } | undefined {
  if (notices === undefined) return undefined;
  const { source, level, isSilent, silentSince, until = "open" } = notices;
  if (!isSilent) return { source, level, until };
  const quiet = { source, level, isSilent, silentSince, silentAfterSeconds: 0 };
  const kept = isEmergency(level) ? keptUntil(quiet, fresh, at) : undefined;
  return kept === undefined ? undefined : { source, level, until: kept };
}

/**
 * Until when a source that went quiet keeps its emergency; `open` while nobody says lower, undefined where a fresh
 * source has said lower since. Of one that says the same all the time no poll is told: it has spoken twice once its own
 * age limit has passed twice without word of its silence.
 */
function keptUntil(
  quiet: WeighedEvidence,
  fresh: readonly WeighedEvidence[],
  at: Instant,
): Instant | "open" | undefined {
  const quietSince = quiet.unreadableSince ?? quiet.silentSince;
  if (quietSince === undefined) return "open";
  const lower = fresh.filter((one) => isWorse(quiet.level, one.level));
  if (lower.some(({ since }) => since !== undefined && since > quietSince)) return undefined;
  const [until] = lower
    .map(({ backSince, silentAfterSeconds }) => {
      const from = backSince !== undefined && backSince > quietSince ? backSince : quietSince;
      return addSeconds(from, 2 * silentAfterSeconds);
    })
    .toSorted();
  if (until === undefined) return "open";
  return until > at ? until : undefined;
}
