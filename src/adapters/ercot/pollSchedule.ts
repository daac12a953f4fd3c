import { instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";

/** When to look for a document that ERCOT publishes once a period (period starts are whole multiples of it in UTC). */
export interface MarkSchedule {
  /** 300 for SCED runs, 900 for settlement intervals. */
  readonly periodSeconds: number;
  /** First look after the mark. */
  readonly offsetSeconds: number;
  /** From one look to the next while the document of the period is missing. */
  readonly retrySeconds: number;
  /** A document about this much before the mark still belongs to it. */
  readonly toleranceSeconds: number;
  /** From look to look once the period has its document, for one that comes between the marks; none unless given. */
  readonly extraSeconds?: number;
}

/**
 * Next poll of a feed with one document a period. `newestAboutAt` is the newest moment any document seen is about: once
 * it reaches the mark the next look is after the next mark, or `extraSeconds` later where that is sooner; an extra
 * document about an earlier moment does not end the search. When no document could be dated, `found` decides.
 */
export function nextMarkPollAt(
  schedule: MarkSchedule,
  at: Instant,
  newestAboutAt: Instant | undefined,
  found: boolean,
): Instant {
  const { periodSeconds, offsetSeconds, retrySeconds, toleranceSeconds, extraSeconds } = schedule;
  const atSeconds = msOfInstant(at) / 1000;
  const mark = Math.floor(atSeconds / periodSeconds) * periodSeconds;
  const have = newestAboutAt === undefined ? found : msOfInstant(newestAboutAt) / 1000 >= mark - toleranceSeconds;
  const nextMark = mark + periodSeconds + offsetSeconds;
  if (have) {
    const extra = extraSeconds === undefined ? nextMark : Math.min(nextMark, Math.round(atSeconds) + extraSeconds);
    return instantFromMs(extra * 1000);
  }
  if (atSeconds < mark + offsetSeconds) return instantFromMs((mark + offsetSeconds) * 1000);
  return instantFromMs(Math.round((atSeconds + retrySeconds) * 1000));
}

/**
 * Next poll of a feed that is refreshed all the time: every `everySeconds`, `offsetSeconds` after whole multiples of
 * it.
 */
export function nextRegularPollAt(everySeconds: number, offsetSeconds: number, at: Instant): Instant {
  const atSeconds = msOfInstant(at) / 1000 - offsetSeconds;
  return instantFromMs(((Math.floor(atSeconds / everySeconds) + 1) * everySeconds + offsetSeconds) * 1000);
}
