import { factOf, type SiteInput, takeUp } from "../inputs/facts.ts";
import { ableAt } from "../inputs/fleetAble.ts";
import { isUnproven } from "./siteState.ts";
import type { SitePlan } from "./model.ts";
import { orderedLoadKw } from "./orderedLoadKw.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Newest input ids that a site remembers. */
export const SEEN_IDS = 400;

/**
 * Takes one mailbox input into a site's state. Idempotent by the input's id, over the newest 400. `relevant` is false
 * when no decision could change, as the input's own fact says. An input of a kind that this program does not know is
 * noted with its id and changes nothing else. `problem` says so, and why an input is not taken up as it asks.
 * @throws UnitError on an impossible interval key.
 */
export function absorb(
  plan: SitePlan,
  state: SiteState,
  input: SiteInput,
): { state: SiteState; relevant: boolean; duplicate: boolean; problem?: string } {
  const fact = factOf(input.kind);
  const ids = [input.id, fact?.idWithoutPoint?.(input)];
  if (state.seenIds.some((id) => ids.includes(id))) return { state, relevant: false, duplicate: true };
  const asOf = state.asOf === undefined || input.at > state.asOf ? input.at : state.asOf;
  const noted: SiteState = {
    ...state,
    asOf,
    inputIds: [...state.inputIds, input.id],
    seenIds: [...state.seenIds, input.id].slice(-SEEN_IDS),
  };
  if (fact === undefined) {
    const problem = `${input.kind} is kept and not read: this program knows no such fact`;
    return { state: noted, relevant: false, duplicate: false, problem };
  }
  const counted = { cohorts: noted.cohorts, facts: ableAt(noted, asOf) };
  const loadKw = (cohortIds: readonly string[] | undefined): number => orderedLoadKw(plan, counted, cohortIds);
  const { known, relevant, resumes, problem } = takeUp(noted, input, { site: plan, asOf, loadKw });
  const drivesAgain = resumes && isUnproven(noted);
  const after = { ...noted, ...known, ...(drivesAgain ? { drivesAgain } : {}) };
  return { state: after, relevant, duplicate: false, ...(problem === undefined ? {} : { problem }) };
}
