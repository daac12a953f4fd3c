import type { RefusedAnswer } from "../../contract/instructions.ts";
import type { StopAnswer } from "../../contract/stops.ts";
import { startsAgain } from "../../domain/inputs/safetyStops.ts";
import type { KeptStop } from "../../ports/doorStops.ts";
import type { DeskAnswer } from "../../ports/instructionDesk.ts";

/** What stands against an end is the stop, its contact or the key, as `why` says: nobody tells that end again. */
const EXPECTED_BY_SITE = "that what `why` names is over; then a new request, with a new nonce";

/** What a sender hears of a safety stop, or its end, in HTTP. */
export type StopText =
  { readonly status: 202; readonly body: StopAnswer } | { readonly status: 409 | 503; readonly body: RefusedAnswer };

/**
 * What a sender hears of a stop that is kept, or of its end. A stop is told until its site has it. An end that its site
 * does not answer, or refuses, has not come about: that is no success.
 */
export function stopText(answer: DeskAnswer, { siteId, input, told }: KeptStop): StopText {
  const { messageNo: message, isSeenBefore, isTold, siteRefusal } = answer;
  const { id, cohortId, reason, at } = input;
  if (startsAgain(input) && siteRefusal !== undefined)
    return {
      status: 409,
      body: { code: "refused", where: "", why: siteRefusal, expected: EXPECTED_BY_SITE, message },
    };
  if (startsAgain(input) && !isTold)
    return {
      status: 503,
      body: {
        code: "unavailable",
        where: "",
        why: `the site ${siteId} does not answer: the stop stands until it has decided on this`,
        expected: "the same message again in a moment",
        message,
      },
    };
  return {
    status: 202,
    body: {
      message,
      isSeenBefore,
      isTold,
      ...(siteRefusal === undefined ? {} : { note: `kept; the site refuses it and is told again: ${siteRefusal}` }),
      stop: {
        id,
        type: startsAgain(input) ? "start-again" : "stop",
        site: siteId,
        ...(cohortId === undefined ? {} : { cohort: cohortId }),
        reason,
        at,
        ...(told?.sequence === undefined ? {} : { decision: told.sequence }),
      },
    },
  };
}
