import { type Instant, secondsBetween } from "../units/instant.ts";
import { kwText } from "../units/numberText.ts";
import type { TrippedCohort } from "../inputs/involuntaryTrip.ts";
import type { LoadFall } from "./loadFall.ts";

/** Of a fall, what machines that lost their power must account for. */
const DARK_SHARE_MIN = 0.5;
/** The same of one that a command or a silence hides in part. */
const HIDDEN_DARK_SHARE_MIN = 0.8;
/** A survey longer before the fall counts machines that may have died since: two rounds, s. */
const SURVEY_AGE_MAX = 660;

/** A cohort by the surveys before and after a fall. */
export interface CohortSeen extends TrippedCohort {
  /** Under lock-out or frozen: people are at its machines. */
  readonly isInHands: boolean;
  /** The dispatch under way moves its machines: who of them does not answer may be starting. */
  readonly isMoved: boolean;
}

/** How the sentence says that no command explains it. */
const WITHOUT = {
  seen: "without a command",
  dispatch: "beyond what was ordered",
  silence: "while the meter was silent, without a command",
} as const;

/** What a fall of the load was. */
export type FallJudged =
  { readonly kind: "trip"; readonly sentence: string } | { readonly kind: "no-trip"; readonly sentence: string };

/**
 * Whether a fall of the load without a command is an involuntary trip: machines that drew at the survey before, and
 * answer no more at the one after, drew at least half of what fell. Machines that answer and do not work have lost
 * their pool, not their power; those of a cohort under human hands are switched by people; and where the survey before
 * is missing or older than two rounds nobody knows who was able. `surveyedAt` is that survey's moment. A fall beyond a
 * dispatch's order, or in a silence, needs four fifths, and machines of cohorts that the dispatch moves count for none.
 */
export function tripAfterFall(
  { fromKw, toKw, fellBy, when }: LoadFall,
  cohorts: readonly CohortSeen[],
  surveyedAt: Instant | undefined,
): FallJudged {
  const fell = `the load fell from ${kwText(fromKw)} to ${kwText(toKw)} ${WITHOUT[when ?? "seen"]}`;
  if (surveyedAt === undefined || secondsBetween(surveyedAt, fellBy) > SURVEY_AGE_MAX)
    return { kind: "no-trip", sentence: `${fell}; who was able to run before was not known: no trip is declared` };
  const darkKw = kwOf(cohorts.filter(({ isInHands, isMoved }) => !isInHands && !isMoved));
  const handsKw = kwOf(cohorts.filter(({ isInHands }) => isInHands));
  const isDark = darkKw >= (when === undefined ? DARK_SHARE_MIN : HIDDEN_DARK_SHARE_MIN) * (fromKw - toKw);
  if (isDark) return { kind: "trip", sentence: `${fell}; machines that drew ${kwText(darkKw)} answer no more` };
  const hands = handsKw > 0 ? `, ${kwText(handsKw)} by machines that people work at` : "";
  return {
    kind: "no-trip",
    sentence: `${fell}; machines that answer no more drew ${kwText(darkKw)} of it${hands}: no trip is declared`,
  };
}

function kwOf(cohorts: readonly CohortSeen[]): number {
  return cohorts.reduce((kw, { darkKw }) => kw + darkKw, 0);
}
