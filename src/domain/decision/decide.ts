import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { allocate } from "./allocate.ts";
import type { Allocated } from "./allocate.ts";
import type { BrokenBand } from "./attributed.ts";
import type { Band } from "./attributed.ts";
import { draftCohort } from "./draft.ts";
import { expectedPrice } from "./expectedPrice.ts";
import { firstRunDue } from "./firstRun.ts";
import { foundAgainst, foundSentence } from "./firstSight.ts";
import { frameOf } from "./frame.ts";
import { isCommanded } from "./isCommanded.ts";
import type { CohortDecision, DecisionInput, DecisionOutput, SitePlan, Untold } from "./model.ts";
import { nextWake } from "./nextWake.ts";
import type { Waiting } from "./nextWake.ts";
import { onOneRunAfter } from "./onOneRun.ts";
import { timedPrice } from "./priceText.ts";
import { RULES } from "./rules/index.ts";
import type { Bound } from "./band.ts";
import { cohortSentence } from "./sentence.ts";
import { hashpriceIsSilent, priceIsSilent, silences } from "./silence.ts";
import { siteSentence } from "./siteSentence.ts";
import { sameSplit, splitAt } from "./split.ts";
import { economic } from "./rules/economic.ts";

/** Name of this set of rules in every record: a rule that decides otherwise gets another name. */
export const RULE_SET = "bands/2";

/**
 * What the machines of every cohort of a site should do now, and everything that was compared. Each rule demands
 * megawatts, in the order of `RULES`; the price fills what they leave, within what one uncorroborated run may move.
 * Each kW below normal is attributed to exactly one rule, or to the price. Only + − × ÷ and comparisons: every machine
 * computes the same bits. @throws UnitError when the input and the plan do not name the same cohorts and modes.
 */
export function decide(plan: SitePlan, input: DecisionInput): DecisionOutput {
  const { price, settled, broken, bands } = settle(plan, input);
  const timed = price === undefined ? undefined : timedPrice(input, price);
  const told = settled.map(({ allocated, decision }) => ({
    ...decision,
    sentence: `${cohortSentence(plan, timed, allocated, decision)}${foundSentence(decision)}`,
  }));
  const cohorts = withIfAble(plan, input, told);
  return {
    expectedPrice: price,
    cohorts,
    ...(broken.length > 0 ? { broken } : {}),
    changes: cohorts.some((cohort) => !sameSplit(cohort.split, cohort.fromSplit)),
    nextWakeAt: nextWake(plan, input, settled, bands, (later) => settle(plan, later).settled),
    sentence: siteSentence(plan, input, timed, cohorts, broken),
  };
}

/** Cohorts none of whose machines is able to run, with what the rules would do with them all. */
function withIfAble(plan: SitePlan, input: DecisionInput, told: readonly CohortDecision[]): readonly CohortDecision[] {
  const isNone = (cohortId: CohortId): boolean =>
    told.some((one) => one.cohortId === cohortId && one.ableMachines === 0);
  const { fleetAble } = input.facts;
  if (fleetAble === undefined || !told.some(({ cohortId }) => isNone(cohortId))) return told;
  const able = { ...fleetAble, cohorts: fleetAble.cohorts.filter(({ cohortId }) => !isNone(cohortId)) };
  const { settled } = settle(plan, { ...input, facts: { ...input.facts, fleetAble: able } });
  return told.map((one, i) => {
    const { split, reason, curtailed } = (settled[i] as Settled).decision;
    return one.ableMachines === 0 ? { ...one, ifAble: { split, reason, curtailed } } : one;
  });
}

/** A cohort's decision before its sentence, with where and why the allocator has put it. */
interface Settled extends Waiting {
  readonly allocated: Allocated;
}

/**
 * A cohort that Ballast may not command stays where it is, so it counts there for the others; what it should do is
 * found as if all were commanded.
 */
function settle(
  plan: SitePlan,
  input: DecisionInput,
): {
  price: ExpectedIntervalPrice | undefined;
  settled: Settled[];
  broken: readonly BrokenBand[];
  bands: readonly Band[];
} {
  const price = priceIsSilent(plan, input) ? undefined : expectedPrice(plan, input);
  const usdPerPhDay = hashpriceIsSilent(plan, input) ? undefined : input.facts.hashprice?.usdPerPhDay;
  const seen = { price, usdPerPhDay, firstRunDue: firstRunDue(input), silent: silences(plan, input) };
  const frames = plan.cohorts.map((cohort) => frameOf(plan, cohort, input));
  const drafts = frames.map((frame) => draftCohort(plan, frame, input, seen));
  const expectedUsdPerMwh = price?.expectedUsdPerMwh;
  const site = { plan, input, frames, silent: seen.silent, expectedUsdPerMwh, usdPerPhDay };
  const bands = RULES.flatMap((rule): Band[] => {
    const bounds: readonly Bound[] = rule.bands(site);
    return bounds.map((bound) => ({ ...bound, reason: rule.reason }));
  });
  const commanded = plan.cohorts.map((cohort) => isCommanded(plan, cohort, input.facts.frozenCohorts));
  const carriedOut = allocate({ plan, input, price, drafts, bands, commanded });
  const advised = commanded.includes(false) ? allocate({ plan, input, price, drafts, bands }) : carriedOut;
  const scedRuns = price === undefined ? undefined : input.facts.scedRuns.length;
  const barring = { asOf: input.asOf, bands, silent: seen.silent, scedRuns };
  const settled = frames.map((_, i) => {
    const allocated = (commanded[i] === true ? carriedOut : advised).cohorts[i] as Allocated;
    const { waitsUntil, draft } = allocated;
    const isLimited = draft.heldBy === "single-source";
    const found = commanded[i] === true ? foundAgainst(plan, draft.frame, barring) : undefined;
    const decision = { ...decisionOf(allocated, input.asOf), ...(found === undefined ? {} : { found }) };
    return { allocated, decision, waitsUntil, isLimited };
  });
  return { price, settled, broken: carriedOut.broken, bands };
}

function decisionOf(allocated: Allocated, asOf: Instant): Untold {
  const { frame, comparisons, wish, heldUntil } = allocated.draft;
  const { cohort, able } = frame;
  const onOneRun = onOneRunAfter(allocated.draft, allocated.position, asOf);
  return {
    cohortId: cohort.cohortId,
    ableMachines: able,
    fromSplit: frame.fromSplit,
    split: splitAt(cohort, able, allocated.position),
    reason: allocated.reason,
    curtailed: allocated.curtailed.map(({ reason, kw }) => ({ reason, kw })),
    ...(allocated.heldOnBy.length > 0
      ? { heldOnBy: allocated.heldOnBy.map(({ reason, kw }) => ({ reason, kw })) }
      : {}),
    alsoApplicable: allocated.alsoApplicable,
    comparisons,
    heldUntil: allocated.reason === economic.reason ? heldUntil : undefined,
    priceWish: wish === undefined ? undefined : splitAt(cohort, able, wish),
    ...(onOneRun.length > 0 ? { onOneRun } : {}),
  };
}
