import type { ExpectedIntervalPrice } from "../market/model.ts";
import { draftCohort } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { expectedPrice } from "./expectedPrice.ts";
import type { CohortDecision, DecisionInput, DecisionOutput, SitePlan } from "./model.ts";
import { nextWake } from "./nextWake.ts";
import { cohortSentence } from "./sentence.ts";
import { hashpriceIsSilent, priceIsSilent, silences } from "./silence.ts";
import { siteSentence } from "./siteSentence.ts";
import { overSingleSourceCap } from "./sourceCap.ts";
import type { Waiting } from "./sourceCap.ts";

/** Name of this set of rules in every record: a rule that decides otherwise gets another name. */
export const RULE_SET = "hysteresis/1";

/**
 * What every cohort of a site should do now, and everything that was compared. Cohort by cohort: lock-out > instruction
 * > EEA policy > operator order > pre-alert > silence > economic, each kW below normal attributed to exactly one
 * reason; then the single-source cap. Only + − × ÷ and comparisons: every machine computes the same bits.
 * @throws UnitError when the input and the plan do not name the same cohorts and modes.
 */
export function decide(plan: SitePlan, input: DecisionInput): DecisionOutput {
  const { price, cohorts } = decideCohorts(plan, input);
  return {
    expectedPrice: price,
    cohorts,
    changes: cohorts.some((cohort) => cohort.modeId !== cohort.fromModeId),
    nextWakeAt: nextWake(plan, input, cohorts, (later) => decideCohorts(plan, later).cohorts),
    sentence: siteSentence(plan, input, price, cohorts),
  };
}

function decideCohorts(
  plan: SitePlan,
  input: DecisionInput,
): { price: ExpectedIntervalPrice | undefined; cohorts: CohortDecision[] } {
  const price = priceIsSilent(plan, input) ? undefined : expectedPrice(plan, input);
  const usdPerPhDay = hashpriceIsSilent(plan, input) ? undefined : input.hashprice?.usdPerPhDay;
  const seen = { price, usdPerPhDay, silent: silences(plan, input) };
  const drafts = plan.cohorts.map((cohort) => draftCohort(plan, cohort, input, seen));
  const waiting = price === undefined ? new Map<string, Waiting>() : overSingleSourceCap(plan, input, price, drafts);
  const cohorts = drafts.map((draft) => {
    const waits = waiting.get(draft.cohort.cohortId);
    const decision = decisionOf(plan, draft, waits);
    return { ...decision, sentence: cohortSentence(plan, input, price, draft, decision, waits !== undefined) };
  });
  return { price, cohorts };
}

function decisionOf(plan: SitePlan, draft: Draft, waits: Waiting | undefined): CohortDecision {
  const index = waits?.index ?? draft.index;
  const mode = draft.cohort.modes[index];
  const normal = draft.cohort.modes[draft.normalIndex];
  const wish = draft.wishIndex === undefined ? undefined : draft.cohort.modes[draft.wishIndex];
  if (mode === undefined || normal === undefined)
    throw new RangeError(`cohort ${draft.cohort.cohortId}: no mode ${index}`);
  const belowNormalKw = ((normal.powerW - mode.powerW) * draft.cohort.machines * plan.pue) / 1000;
  return {
    cohortId: draft.cohort.cohortId,
    fromModeId: draft.state.modeId,
    modeId: mode.modeId,
    reason: draft.claim.reason,
    alsoApplicable: draft.alsoApplicable,
    curtailedKw: belowNormalKw > 0 ? belowNormalKw : 0,
    comparisons: draft.comparisons,
    heldUntil: waits === undefined ? draft.heldUntil : waits.until,
    priceWishModeId: wish?.modeId,
    sentence: "",
  };
}
