import type { DecisionInput, SitePlan } from "./model.ts";
import type { Draft } from "./draft.ts";

/**
 * Limits what one SCED run may move for price alone to `singleSourceMwMax`: one bad row must not drop a site. Moves
 * down go worst strike first, then moves up best strike first, while they fit into what this run has not used yet; the
 * rest keep their mode until the next run. Returns the cohorts that must wait.
 */
export function overSingleSourceCap(
  plan: SitePlan,
  input: DecisionInput,
  drafts: readonly Draft[],
): ReadonlySet<string> {
  const newest = input.scedRuns.at(-1);
  if (newest === undefined) return new Set();
  let movedMw = drafts
    .filter(({ state }) => state.reason === "economic" && state.since !== undefined && state.since >= newest.scedAt)
    .reduce((sum, draft) => sum + draft.lastMoveMw, 0);
  const waiting = new Set<string>();
  for (const draft of inOrderOfStrike(
    drafts.filter((one) => one.commanded && one.claim.reason === "economic" && one.index !== one.currentIndex),
  )) {
    if (movedMw + draft.moveMw <= plan.singleSourceMwMax) movedMw += draft.moveMw;
    else waiting.add(draft.cohort.cohortId);
  }
  return waiting;
}

function inOrderOfStrike(moves: readonly Draft[]): Draft[] {
  const down = moves
    .filter((one) => one.index < one.currentIndex)
    .toSorted((a, b) => crossedStrike(a) - crossedStrike(b));
  const up = moves
    .filter((one) => one.index > one.currentIndex)
    .toSorted((a, b) => crossedStrike(b) - crossedStrike(a));
  return [...down, ...up];
}

/** Strike of the first pair a move crosses. */
function crossedStrike(draft: Draft): number {
  const pair = draft.comparisons[draft.index < draft.currentIndex ? draft.currentIndex - 1 : draft.currentIndex];
  if (pair === undefined) throw new RangeError(`${draft.cohort.cohortId}: a price-driven move without a compared pair`);
  return pair.strikeUsdPerMwh;
}
