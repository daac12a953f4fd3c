import { type Instant, secondsBetween } from "../units/instant.ts";
import { kwText } from "../units/numberText.ts";
import type { TrippedCohort } from "../inputs/involuntaryTrip.ts";
import type { LoadFall } from "./loadFall.ts";

/** Of a fall, what machines that lost their power must account for. */
const DARK_SHARE_MIN = 0.5;
/** A survey longer before the fall counts machines that may have died since: two rounds, s. */
const SURVEY_AGE_MAX = 660;

/** A cohort by the surveys before and after a fall. */
export interface CohortSeen extends TrippedCohort {
  /** Under lock-out or frozen: people are at its machines. */
  readonly isInHands: boolean;
}

/** What a fall of the load was. */
export type FallJudged =
  { readonly kind: "trip"; readonly sentence: string } | { readonly kind: "no-trip"; readonly sentence: string };

/**
 * Whether a fall of the load without a command is an involuntary trip: machines that drew at the survey before, and
 * answer no more at the one after, drew at least half of what fell. Machines that answer and do not work have lost
 * their pool, not their power; those of a cohort under human hands are switched by people; and where the survey before
 * is missing or older than two rounds nobody knows who was able. `surveyedAt` is that survey's moment.
 */
export function tripAfterFall(
  { fromKw, toKw, fellBy }: LoadFall,
  cohorts: readonly CohortSeen[],
  surveyedAt: Instant | undefined,
): FallJudged {
  const fell = `the load fell from ${kwText(fromKw)} to ${kwText(toKw)} without a command`;
  if (surveyedAt === undefined || secondsBetween(surveyedAt, fellBy) > SURVEY_AGE_MAX)
    return { kind: "no-trip", sentence: `${fell}; who was able to run before was not known: no trip is declared` };
  const darkKw = kwOf(cohorts.filter(({ isInHands }) => !isInHands));
  const handsKw = kwOf(cohorts.filter(({ isInHands }) => isInHands));
  const isDark = darkKw >= DARK_SHARE_MIN * (fromKw - toKw);
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
