import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import { GRID_CONDITION } from "../../../src/domain/inputs/gridKnown.ts";
import { settled } from "../../../src/domain/inputs/gridNow.ts";
import { GRID_NOTICES } from "../../../src/domain/inputs/noticesKnown.ts";
import type { GridConditionObservation } from "../../../src/domain/inputs/gridCondition.ts";
import type { WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { at, site } from "../decision/site.ts";
import { GridModel, type Poll, rankOf, type Said } from "./gridModel.ts";

const START = at("18:00:00");
const LIMITS: Readonly<Record<string, number>> = { "grid-condition": 180, "grid-condition/mirror": 120, notices: 150 };
const KINDS: Readonly<Record<string, string>> = {
  "grid-condition": "dashboard/daily-prc",
  "grid-condition/mirror": "dashboard/daily-prc",
  notices: "notices/ops",
};

/** A site whose grid feeds are polled by the feed's own fold, told what it tells, and asked at any moment. */
class WatchedSite {
  readonly plan: SitePlan;
  state: SiteState;
  readonly #feeds = new Map<string, FeedState>();

  constructor(sources: readonly string[]) {
    const listed = sources.map((source) => ({ source, silentAfterSeconds: LIMITS[source]! }));
    this.plan = site({ gridSource: "feed", factSources: { [GRID_CONDITION]: listed } });
    this.state = initialSiteState(this.plan);
  }

  /** What the site is told of a poll reaches it at once. Returns how many messages that were. */
  poll({ source, at: seconds, said }: Poll): number {
    const now = addSeconds(START, seconds);
    const rules: WatchRules = {
      feedId: source,
      silentAs: GRID_CONDITION,
      role: "record",
      silentAfterSeconds: LIMITS[source]!,
    };
    const observations = said === "failed" ? [] : [seen(source, now, said)];
    const folded = foldPoll(rules, this.#feeds.get(source) ?? {}, {
      at: now,
      ...(said === "failed" ? { failed: "no answer" } : {}),
      read: observations.length === 0 ? [] : [{ observations, stored: [] }],
      problems: [],
    });
    this.#feeds.set(source, folded.state);
    for (const input of folded.news) this.state = absorb(this.plan, this.state, input).state;
    return folded.news.length;
  }

  /** The page of messages is read with one notice in force, or none. */
  notice({ at: seconds, level, until }: Notice): void {
    const now = addSeconds(START, seconds);
    const own = {
      key: "n",
      names: "notice",
      level,
      summary: "ERCOT has declared it.",
      postedAt: now,
      ...(until === undefined ? {} : { until: addSeconds(START, until) }),
    };
    const input: SiteInput = {
      kind: GRID_NOTICES,
      id: `${GRID_NOTICES}/${seconds}`,
      at: now,
      inForce: level === undefined ? [] : [own],
      forPerson: [],
      readAt: now,
      source: "page/operations-messages",
      contentHash: "01",
    };
    this.state = absorb(this.plan, this.state, input).state;
  }

  /** Level in force as a decision at that moment sees it. */
  levelAt(seconds: number): GridLevel {
    return settled(this.state, this.plan, addSeconds(START, seconds)).grid.level;
  }
}

/** From when on a notice is in force, or none; `until` where it ends by itself. */
interface Notice {
  readonly at: number;
  readonly level?: GridLevel;
  readonly until?: number;
}

function seen(source: string, now: Instant, said: Said): GridConditionObservation {
  const isUnreadable = said === "unreadable";
  return {
    kind: GRID_CONDITION,
    source: KINDS[source]!,
    documentId: now,
    contentHash: "00",
    fetchedAt: now,
    quality: "PUBLISHED",
    level: isUnreadable ? "unknown" : (said as GridLevel),
    ...(isUnreadable ? { unreadable: true as const } : {}),
    stateText: said,
    observedAt: now,
  };
}

/** Polls of each source; one that has no more to say does not answer. */
const POLLS = 10;

/** Runs of the same answer, so that levels are reached and sources fall silent; a minute from poll to poll. */
const run = fc.record({
  said: fc.oneof(
    { weight: 7, arbitrary: fc.constantFrom<Said>("normal", "watch", "eea1", "eea2", "eea3") },
    { weight: 1, arbitrary: fc.constant<Said>("unreadable") },
    { weight: 2, arbitrary: fc.constant<Said>("failed") },
  ),
  polls: fc.integer({ min: 1, max: 7 }),
});
const evening = fc
  .record({
    sources: fc.constantFrom(
      ["grid-condition"],
      ["grid-condition", "grid-condition/mirror"],
      ["grid-condition", "notices"],
      ["grid-condition", "grid-condition/mirror", "notices"],
    ),
    runs: fc.array(fc.array(run, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 }),
    notice: fc.option(
      fc.record({
        from: fc.integer({ min: 1, max: POLLS * 60 - 60 }),
        seconds: fc.integer({ min: 1, max: 300 }),
        level: fc.constantFrom<GridLevel>("watch", "eea1", "eea2", "eea3"),
        endsByItself: fc.boolean(),
      }),
      { nil: undefined },
    ),
  })
  .map(({ sources, runs, notice }) => ({
    sources,
    notices: noticesOf(notice),
    polls: sources
      .flatMap((source, i) =>
        (runs[i] ?? [])
          .flatMap(({ said, polls }) => Array<Said>(polls).fill(said))
          .concat(Array<Said>(POLLS).fill("failed"))
          .slice(0, POLLS)
          .map((said, k): Poll => ({ source, kind: KINDS[source]!, at: k * 60 + i * 17, said })),
      )
      .toSorted((a, b) => a.at - b.at),
  }));

/** A notice and its end: by a message, or by the moment that the notice names. */
function noticesOf(
  one: { from: number; seconds: number; level: GridLevel; endsByItself: boolean } | undefined,
): readonly Notice[] {
  if (one === undefined) return [];
  // as long as there are polls: each tells who has fallen silent
  const until = Math.min(one.from + one.seconds, POLLS * 60 - 1) + 0.5;
  const begun = { at: one.from + 0.5, level: one.level };
  return one.endsByItself ? [{ ...begun, until }] : [begun, { at: until }];
}

const limitsOf = (sources: readonly string[]): Record<string, number> =>
  Object.fromEntries(sources.map((source) => [source, LIMITS[source]!]));

/** What a course of polls and notices shows that the rule does not allow; undefined where it follows it. */
function breach(
  { sources, polls, notices }: { sources: readonly string[]; polls: readonly Poll[]; notices: readonly Notice[] },
  seenMoves: Moves,
) {
  const watched = new WatchedSite(sources);
  const model = new GridModel(limitsOf(sources));
  const steps = [
    ...polls.map((poll) => ({
      at: poll.at,
      take: () => {
        watched.poll(poll);
        model.take(poll);
      },
    })),
    ...notices.flatMap((notice) => [
      {
        at: notice.at,
        take: () => {
          watched.notice(notice);
          model.notice(notice.level);
        },
      },
      ...(notice.until === undefined ? [] : [{ at: notice.until, take: () => model.notice(undefined) }]),
    ]),
  ].toSorted((a, b) => a.at - b.at);
  let before = -1;
  let allowed: number | undefined;
  for (const step of steps) {
    step.take();
    const level = rankOf(watched.levelAt(step.at));
    const { least, most, isPlain } = model;
    if (level > before) seenMoves.rises += 1;
    if (level < before) seenMoves[isPlain ? "plainFalls" : "otherFalls"] += 1;
    if (level < least) return `${step.at}: ${level} is below the least, ${least}`;
    if (level > before && level !== least) return `${step.at}: rises to ${level}, not ${least}`;
    // what it might have fallen to before this step, it may fall to at its moment
    if (level < before && level < Math.min(allowed ?? before, most ?? before)) return `${step.at}: falls to ${level}`;
    const ruled = isPlain ? [before, Math.min(before, allowed ?? before)].map((from) => model.after(from)) : [level];
    if (!ruled.includes(level)) return `${step.at}: ${level}, by the rule ${ruled[0]}`;
    [before, allowed] = [level, most];
  }
  return undefined;
}
type Moves = Record<"rises" | "plainFalls" | "otherFalls", number>;

describe("the grid level of an evening with one to three sources and a notice, against the rule as its words say it over all polls", () => {
  it("is that of the rule while every source is fresh, never below its least, and never lower than it allows", () => {
    const seenMoves: Moves = { rises: 0, plainFalls: 0, otherFalls: 0 };
    fc.assert(
      fc.property(evening, (one) => {
        const found = breach(one, seenMoves);
        if (found !== undefined) throw new Error(found);
      }),
      { numRuns: 10_000 },
    );
    for (const moves of Object.values(seenMoves)) expect(moves).toBeGreaterThan(1_000);
  }, 240_000);
});
