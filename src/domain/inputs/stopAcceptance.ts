import type { CohortId, SiteId } from "../units/ids.ts";
import type { InstructedSite, WordSender } from "./instructionWord.ts";
import { type SafetyStop, startsAgain, type StopInput } from "./safetyStops.ts";
import { senderAtSite } from "./senderAtSite.ts";
import { refusedWord, type WordVerdict } from "./wordVerdict.ts";

/** A safety stop, or its end, as a door hears it. */
export interface StopWord extends Pick<StopInput, "kind" | "reason"> {
  /** Id of the request in the site's history, made of sender and nonce. */
  readonly requestId: string;
  readonly siteId: SiteId;
  /** Every cohort when absent. */
  readonly cohortId?: CohortId;
}

/** What is known when a stop, or its end, is judged. */
export interface StopFacts {
  readonly sender: WordSender;
  /** The site that it names; undefined when there is none of that name. */
  readonly site: InstructedSite | undefined;
  /** Safety stops in force there. */
  readonly stops: readonly SafetyStop[];
}

/**
 * The one rule by which a door takes a safety stop or its end. A stop needs the right and a place that is there; it is
 * kept waiting by nothing else. An end needs its own right, and a stop that stands at that very place.
 */
export function stopAcceptance(word: StopWord, { sender, site, stops }: StopFacts): WordVerdict {
  const { siteId, cohortId } = word;
  const what = startsAgain(word) ? "let machines start again" : "stop machines";
  if ((startsAgain(word) ? sender.mayStartAgain : sender.mayStop) !== true)
    return refusedWord("sender", "", `${sender.name} may not ${what}`, `an issuer that may ${what}`);
  const elsewhere = senderAtSite(siteId, { sender, site }, `${what} at`);
  if (elsewhere !== undefined) return elsewhere;
  const stopped = stops.some((one) => one.cohortId === cohortId);
  if (cohortId !== undefined && site?.cohortIds.includes(cohortId) !== true && !(startsAgain(word) && stopped))
    return refusedWord(
      "site",
      "cohort",
      `the site ${siteId} has no cohort ${cohortId}`,
      site?.cohortIds.join(", ") || "the site as a whole",
    );
  if (!startsAgain(word) || stopped) return { kind: "accepted" };
  const place = cohortId === undefined ? `the site ${siteId} as a whole` : `the cohort ${cohortId} by itself`;
  const expected = stops.map(placeText).join(", ") || "a stop that is in force";
  return refusedWord("unknown", cohortId === undefined ? "site" : "cohort", `${place} is not stopped`, expected);
}

function placeText({ cohortId, actor }: SafetyStop): string {
  return `${cohortId === undefined ? "the whole site" : `cohort ${cohortId}`}, stopped by ${actor}`;
}
