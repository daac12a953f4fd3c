import { addSeconds, secondsBetween } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { OUTSIDE_AHEAD_SECONDS_MAX, outsideInstantProblem } from "../units/outsideInstant.ts";
import { centralWall } from "./calendar.ts";
import type { DocumentTimes } from "./model.ts";

const HOUR_SECONDS = 3_600;
/** A document follows what it is about within one to three minutes; what comes later is posted anew. */
const PROMPT_SECONDS_MAX = 600;

/** Which copy of the autumn hour a value belongs to, or why that cannot be known. */
export type HourCopy =
  | { readonly repeatedHour: boolean }
  /** It would lie ahead of the reading. */
  | { readonly ahead: string }
  /** Its flag and its document's publication speak of different copies, and neither is certain. */
  | { readonly disputed: string };

/**
 * Which copy of the repeated autumn hour a row of ERCOT report NP6-788, NP6-905 or NP4-197-M belongs to. By its flag
 * `isRepeated` it begins at `startAt`; it lasts `seconds`: 0 for a SCED run, 900 for an interval. The flag holds unless
 * the document's own times speak against it: nothing is published or read before it is over (120 s for clocks that
 * differ), and what would be published an hour late by its flag and within ten minutes by the other copy belongs to the
 * other. Where the list leaves two moments of publication, such a row is disputed. A backlog read hours later is judged
 * by its publication.
 */
export function repeatedHourCopy(
  isRepeated: boolean,
  startAt: Instant,
  seconds: number,
  document: DocumentTimes,
): HourCopy {
  const marked = addSeconds(startAt, seconds);
  const other = otherCopy(isRepeated, startAt, seconds);
  const ahead = outsideInstantProblem(marked, document.fetchedAt, Number.POSITIVE_INFINITY);
  if (ahead !== undefined)
    return other !== undefined && isPossible(other, document.fetchedAt) ? { repeatedHour: !isRepeated } : { ahead };
  const { publishedAt, publishedOrAt } = document;
  if (other === undefined || publishedAt === undefined) return { repeatedHour: isRepeated };
  const publications = publishedOrAt === undefined ? [publishedAt] : [publishedAt, publishedOrAt];
  const isPromptAtAll = (about: Instant) => publications.some((at) => isPrompt(about, at));
  const agrees =
    isPrompt(marked, publishedAt) ||
    (isPromptAtAll(marked) && !isPromptAtAll(other)) ||
    (isPossible(marked, publishedAt) && !isPrompt(other, publishedAt));
  if (agrees) return { repeatedHour: isRepeated };
  if (publishedOrAt === undefined && isPossible(other, publishedAt)) return { repeatedHour: !isRepeated };
  return {
    disputed:
      `flag ${isRepeated ? "Y" : "N"} says ${marked}, and the document was published at ${publishedAt}` +
      `${publishedOrAt === undefined ? "" : ` or ${publishedOrAt}`}`,
  };
}

/** The same wall time an hour later or earlier, where the clocks show it twice. */
function otherCopy(isRepeated: boolean, startAt: Instant, seconds: number): Instant | undefined {
  const other = addSeconds(startAt, isRepeated ? -HOUR_SECONDS : HOUR_SECONDS);
  return centralWall(other).time === centralWall(startAt).time ? addSeconds(other, seconds) : undefined;
}

function isPossible(about: Instant, at: Instant): boolean {
  return secondsBetween(about, at) >= -OUTSIDE_AHEAD_SECONDS_MAX;
}

function isPrompt(about: Instant, publishedAt: Instant): boolean {
  return isPossible(about, publishedAt) && secondsBetween(about, publishedAt) <= PROMPT_SECONDS_MAX;
}
