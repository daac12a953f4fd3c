import { nextLookSeconds } from "./nextLook.ts";
import { likelyDelays, type PublicationDelays, withDelay } from "./publicationDelays.ts";
import { instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";

/** When to look for a document that ERCOT publishes once a period (period starts are whole multiples of it in UTC). */
export interface MarkSchedule {
  /** 300 for SCED runs, 900 for settlement intervals. */
  readonly periodSeconds: number;
  /** First look after the mark while no delay of the source is known. */
  readonly offsetSeconds: number;
  /** Longest time from one look to the next while the document of the period is missing. */
  readonly retrySeconds: number;
  /** Shortest time from one look to the next. */
  readonly leastSeconds: number;
  /** A document about this much before the mark still belongs to it. */
  readonly toleranceSeconds: number;
  /** From look to look once the period has its document, for one that comes between the marks; none unless given. */
  readonly extraSeconds?: number;
}

/** What a feed knows when it is asked for its next poll. */
export interface PollKnowledge {
  /** The newest moment that any document seen is about. */
  readonly newestAboutAt: Instant | undefined;
  /** Whether the last poll found anything. */
  readonly found: boolean;
  /** Documents are listed that no poll has tried to fetch. */
  readonly owes?: boolean;
  readonly delays?: PublicationDelays;
}

/** A document about a moment later than this after its mark is an extra one, and tells nothing of the mark's delay. */
const ABOUT_MARK_SECONDS = 60;
/** From look to look at a source that has missed a whole period, where its own spacing is not wider. */
const AWAY_SECONDS = 30;

/**
 * Next poll of a feed with one document a period. Once the newest moment that a document is about reaches the mark, the
 * next look is after the next mark, or `extraSeconds` later where that is sooner; an extra document about an earlier
 * moment does not end the search. When no document could be dated, `found` decides. When to look after a mark follows
 * from the delays seen. What is owed is asked for at the configured spacing.
 */
export function nextMarkPollAt(schedule: MarkSchedule, at: Instant, knowledge: PollKnowledge): Instant {
  const { periodSeconds, toleranceSeconds, extraSeconds } = schedule;
  const { newestAboutAt, found, owes } = knowledge;
  const atSeconds = msOfInstant(at) / 1000;
  if (owes === true) return instantFromMs(Math.round(atSeconds + schedule.retrySeconds) * 1000);
  const mark = Math.floor(atSeconds / periodSeconds) * periodSeconds;
  const have = newestAboutAt === undefined ? found : msOfInstant(newestAboutAt) / 1000 >= mark - toleranceSeconds;
  if (have) {
    const nextMark = mark + periodSeconds;
    const looked = nextMark + lookAfter(schedule, knowledge, nextMark, Number.NEGATIVE_INFINITY);
    const extra = extraSeconds === undefined ? looked : Math.min(looked, Math.round(atSeconds) + extraSeconds);
    return instantFromMs(extra * 1000);
  }
  const looked = mark + lookAfter(schedule, knowledge, mark, atSeconds - mark);
  // Nothing of a whole period: the source is away, and whoever waits is to hear of the silence in time.
  const isAway =
    newestAboutAt !== undefined && msOfInstant(newestAboutAt) / 1000 < mark - periodSeconds - toleranceSeconds;
  const latest = isAway ? atSeconds + Math.max(schedule.retrySeconds, AWAY_SECONDS) : looked;
  return instantFromMs(Math.round(Math.min(looked, latest)) * 1000);
}

/** The memory after a document about `aboutAt` was published, and read at `fetchedAt`; an extra one tells nothing. */
export function learned(
  schedule: Pick<MarkSchedule, "periodSeconds" | "toleranceSeconds">,
  delays: PublicationDelays,
  { aboutAt, publishedAt, fetchedAt }: Readonly<Record<"aboutAt" | "publishedAt" | "fetchedAt", Instant>>,
): PublicationDelays {
  const { periodSeconds, toleranceSeconds } = schedule;
  const about = msOfInstant(aboutAt) / 1000;
  const mark = Math.floor((about + toleranceSeconds) / periodSeconds) * periodSeconds;
  // A clock of the source that is ahead would put off every look.
  const seconds = Math.round(msOfInstant(publishedAt < fetchedAt ? publishedAt : fetchedAt) / 1000 - mark);
  if (about - mark > ABOUT_MARK_SECONDS || seconds < 0) return delays;
  return withDelay(delays, mark, Math.min(seconds, periodSeconds));
}

/** Seconds after the mark of the look after one `elapsedSeconds` after it. */
function lookAfter(
  { offsetSeconds, leastSeconds, retrySeconds }: MarkSchedule,
  { delays = {} }: PollKnowledge,
  mark: number,
  elapsedSeconds: number,
): number {
  const rules = { firstSeconds: offsetSeconds, leastSeconds, mostSeconds: retrySeconds };
  return nextLookSeconds(likelyDelays(delays, mark), elapsedSeconds, rules);
}

/**
 * Next poll of a feed that is refreshed all the time: every `everySeconds`, `offsetSeconds` after whole multiples of
 * it.
 */
export function nextRegularPollAt(everySeconds: number, offsetSeconds: number, at: Instant): Instant {
  const atSeconds = msOfInstant(at) / 1000 - offsetSeconds;
  return instantFromMs(((Math.floor(atSeconds / everySeconds) + 1) * everySeconds + offsetSeconds) * 1000);
}
