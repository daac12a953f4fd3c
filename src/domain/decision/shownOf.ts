import { splitText } from "./split.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Longest keyword of the list of workflows. */
const MODE_CHARS = 250;

/** What an operator sees in the list of workflows: the modes, and whether somebody should look. */
export function shownOf(state: SiteState): { readonly mode: string; readonly needsReview: boolean } {
  const mode = state.cohorts
    .map((cohort) => `${cohort.cohortId}:${splitText(cohort.split).replaceAll(", ", "+")}`)
    .join(" ")
    .slice(0, MODE_CHARS);
  const { verdict } = state;
  const unproven = verdict !== undefined && verdict.outcome !== "confirmed" && verdict.outcome !== "superseded";
  const stragglers = verdict !== undefined && verdict.stragglers > 0;
  const { silentFeeds, silentSources = [], grid } = state;
  const isOdd = grid.evidence?.some(({ unreadableSince }) => unreadableSince !== undefined);
  const isBlind = silentFeeds.length > 0 || silentSources.length > 0 || grid.unreadable === true || isOdd === true;
  return { mode, needsReview: isBlind || unproven || stragglers };
}
