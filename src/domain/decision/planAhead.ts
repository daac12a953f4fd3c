import { intervalEnd, intervalKey, settlementInterval } from "../market/calendar.ts";
import type { IntervalKey } from "../market/model.ts";
import type { CohortId, SiteId } from "../units/ids.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import { decide, RULE_SET } from "./decide.ts";
import type { DecisionRecord, Reason, SitePlan } from "./model.ts";
import { nextRecord } from "./nextRecord.ts";
import { orderedLoadKw } from "./orderedLoadKw.ts";
import { type PriceAhead, pricesAhead } from "./pricesAhead.ts";
import { adopt, decisionInput } from "./siteState.ts";
import { siteStateFromRecords } from "./siteStateFromRecords.ts";
import type { SiteState } from "./siteStateModel.ts";
import { sameSplit, type Split } from "./split.ts";
import { withoutLimits } from "./withoutLimits.ts";

/** What a cohort is to do in the time to come. */
export interface PlannedMove {
  readonly at: Instant;
  readonly cohortId: CohortId;
  readonly from: Split;
  readonly to: Split;
  readonly reason: Reason;
}

/** What a site is to do in one quarter hour. */
export interface PlannedInterval {
  readonly intervalKey: IntervalKey;
  /** Start of the quarter hour; of the running one the moment from which it is planned. */
  readonly from: Instant;
  readonly until: Instant;
  /** `sced`: as expected of the running quarter hour. Absent where nobody foresees it: `onSilence` decides then. */
  readonly price?: Omit<PriceAhead, "source"> & { readonly source: PriceAhead["source"] | "sced" };
  /** Ordered load at the site meter, kW, as a mean over the time. */
  readonly meanKw: number;
  readonly leastKw: number;
  readonly moves: readonly PlannedMove[];
  /** The decision that stands at its end, made as the site makes its own. */
  readonly decision: DecisionRecord;
}

/** What a site is to do from its newest decision on, if prices come as foreseen and nobody says anything new. */
export interface PlanAhead {
  readonly siteId: SiteId;
  readonly madeAt: Instant;
  /** Of the decision that it goes on from, and the configuration that that was made by. */
  readonly sequence: number;
  readonly planHash: string;
  readonly intervals: readonly PlannedInterval[];
}

/** A decision that asks to be looked at again all the time stands for the rest of its quarter hour. */
const LOOKS_MAX = 12;

/**
 * Runs `decide` forward from a record over the quarter hours until `until`: each as if its foreseen price were known at
 * its start, with the orders, instructions, holds and levels that are known now, and with the machines that are able
 * now. What bounds the movement on one SCED run is left out, for a run to come may be borne out by the next.
 * @throws UnitError when the record does not fit the plan
 */
export function planAhead(plan: SitePlan, record: DecisionRecord, until: Instant): PlanAhead {
  const foreseen = withoutLimits(plan);
  const { asOf, facts } = record.input;
  const revision = record.dispatch?.revision ?? 1;
  const running = intervalEnd(settlementInterval(asOf));
  const prices = pricesAhead(facts, running, until);
  let walk: Walk = { state: siteStateFromRecords(plan, [record], { recordHash: PLANNED, revision }), decision: record };
  const intervals: PlannedInterval[] = [];
  for (let from = asOf; from < until; from = intervalEnd(settlementInterval(from))) {
    const end = intervalEnd(settlementInterval(from));
    const price = from === asOf ? runningPrice(record) : prices.find(({ startsAt }) => startsAt === from);
    const state = from === asOf ? walk.state : pricedAt(walk.state, from, price);
    const { walk: next, ...interval } = planned(foreseen, { ...walk, state }, from, end);
    intervals.push({
      intervalKey: intervalKey(settlementInterval(from)),
      from,
      until: end,
      ...(price === undefined ? {} : { price }),
      ...interval,
      decision: next.decision,
    });
    walk = next;
  }
  return { siteId: plan.siteId, madeAt: asOf, sequence: record.sequence, planHash: record.planHash, intervals };
}

/** Stands for the hash of a record that is planned and not made. */
const PLANNED = "planned";

interface Walk {
  readonly state: SiteState;
  readonly decision: DecisionRecord;
}

function planned(
  plan: SitePlan,
  begun: Walk,
  from: Instant,
  end: Instant,
): Pick<PlannedInterval, "meanKw" | "leastKw" | "moves"> & { readonly walk: Walk } {
  const moves: PlannedMove[] = [];
  let walk = begun;
  let [kwSeconds, leastKw] = [0, Number.POSITIVE_INFINITY];
  let at = from;
  for (let looks = 1; at < end; looks++) {
    // The decision that the plan goes on from is made already.
    if (at > begun.decision.input.asOf) {
      walk = decided(plan, walk.state, at);
      moves.push(...movesOf(walk.decision));
    }
    const { nextWakeAt } = walk.decision.output;
    const next = looks < LOOKS_MAX && nextWakeAt !== undefined && nextWakeAt < end ? nextWakeAt : end;
    const kw = orderedLoadKw(plan, { cohorts: walk.state.cohorts, facts: walk.decision.input.facts }, undefined);
    kwSeconds += kw * secondsBetween(at, next);
    leastKw = Math.min(leastKw, kw);
    at = next;
  }
  return { meanKw: kwSeconds / secondsBetween(from, end), leastKw, moves, walk };
}

function decided(plan: SitePlan, before: SiteState, at: Instant): Walk {
  const state = countedAgain(before, at);
  const input = decisionInput(plan, state, at);
  const output = decide(plan, input);
  const decision = nextRecord({ plan, planHash: PLANNED, state, input, output, ruleSet: RULE_SET });
  return { state: adopt(plan, state, decision, PLANNED), decision };
}

function movesOf({ input, output }: DecisionRecord): PlannedMove[] {
  return output.cohorts
    .filter(({ split, fromSplit }) => !sameSplit(split, fromSplit))
    .map(({ cohortId, fromSplit, split, reason }) => ({
      at: input.asOf,
      cohortId,
      from: fromSplit,
      to: split,
      reason,
    }));
}

/** What the record itself expects of the quarter hour that runs. */
function runningPrice({ input, output }: DecisionRecord): PlannedInterval["price"] {
  const usdPerMwh = output.expectedPrice?.expectedUsdPerMwh;
  const saidAt = input.facts.scedRuns.at(-1)?.scedAt;
  if (usdPerMwh === undefined || saidAt === undefined) return undefined;
  return { startsAt: input.intervalStart, usdPerMwh, source: "sced", saidAt };
}

/** The state with one price alone, as if the first run of the quarter hour said it; none where nobody foresees it. */
function pricedAt(state: SiteState, at: Instant, price: { readonly usdPerMwh: number } | undefined): SiteState {
  const { scedAdders: _, ...known } = state;
  const runs = price === undefined ? [] : [{ scedAt: at, lmpUsdPerMwh: price.usdPerMwh, knownAt: at }];
  return { ...known, scedRuns: runs, settled: [] };
}

/** As if each survey to come counted the machines that the last one did. */
function countedAgain(state: SiteState, at: Instant): SiteState {
  if (state.fleetAble === undefined) return state;
  const cohorts = state.fleetAble.cohorts.map(({ observedAt: _, ...one }) => one);
  return { ...state, fleetAble: { ...state.fleetAble, cohorts, observedAt: at } };
}
