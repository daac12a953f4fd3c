import { intervalStart, parseIntervalKey, settlementInterval } from "../market/calendar.ts";
import { isWorse } from "../market/gridLevels.ts";
import { addSeconds, secondsBetween } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { heard } from "./absorbSilence.ts";
import type { Absorbed, Input } from "./absorbSilence.ts";
import { runsFrom, withRun } from "./knownRuns.ts";
import { lastSettled } from "./lastSettled.ts";
import type { GridState, SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";
import { isSamePoint } from "../market/settlementPoint.ts";

/** Settled intervals whose price a site keeps. */
export const SETTLED_INTERVALS = 2;
/** SCED runs are kept from this long before the current interval. */
export const KEPT_SECONDS_BEFORE_INTERVAL = 1800;

/**
 * A SCED run of the site's point: new, late or corrected. Keeps the runs of the current interval and the two before. Of
 * several runs that arrive together only the newest is decided on: one that `newerFollows` is taken up and decides
 * nothing.
 */
export function scedLmp(plan: SitePlan, state: SiteState, input: Input<"sced-lmp">): Absorbed {
  if (input.settlementPoint !== plan.settlementPoint) return { state, relevant: false };
  const run = { scedAt: input.scedAt, lmpUsdPerMwh: input.lmpUsdPerMwh, knownAt: input.at };
  const newest = state.scedRuns.at(-1);
  const fresh =
    newest === undefined || run.scedAt > newest.scedAt ? heard(state, "sced-lmp") : { state, relevant: false };
  const start = currentIntervalStart(state);
  const runs = runsFrom(withRun(state.scedRuns, run), addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL));
  const changed = { ...fresh.state, scedRuns: runs };
  const priceNow = JSON.stringify(runsFrom(state.scedRuns, start)) !== JSON.stringify(runsFrom(runs, start));
  return {
    state: changed,
    relevant: input.newerFollows !== true && (fresh.relevant || priceNow || adderChanged(plan, state, changed)),
  };
}

/** A settlement price of the site's point and type; the newest two intervals are kept. */
export function settlementPrice(plan: SitePlan, state: SiteState, input: Input<"settlement-price">): Absorbed {
  if (!isSamePoint(input, plan)) return { state, relevant: false };
  const price = { intervalKey: input.intervalKey, priceUsdPerMwh: input.priceUsdPerMwh };
  const all = [...state.settled.filter((one) => one.intervalKey !== price.intervalKey), price];
  const settled = all
    .toSorted((a, b) => (startOf(a.intervalKey) < startOf(b.intervalKey) ? -1 : 1))
    .slice(-SETTLED_INTERVALS);
  const changed = { ...heard(state, "settlement-price").state, settled };
  return { state: changed, relevant: adderChanged(plan, state, changed) };
}

/**
 * Whether the adder a decision would use differs; rounding counts as no adder, so a quiet settlement price changes
 * nothing.
 */
function adderChanged(plan: SitePlan, before: SiteState, after: SiteState): boolean {
  if (plan.economic.adderShare === 0) return false;
  const old = lastSettled(before);
  const now = lastSettled(after);
  const noAdder = (one: typeof old): boolean => one === undefined || one.adderUsdPerMwh === 0;
  if (noAdder(old) && noAdder(now)) return false;
  return old?.intervalKey !== now?.intervalKey || old?.adderUsdPerMwh !== now?.adderUsdPerMwh;
}

/**
 * A grid condition, unless older than the known one. Level and readability are two facts: a state that cannot be read
 * raises the level at most, and an unknown level keeps the known one. Only a fresh one ends the feed's silence.
 */
export function gridCondition(plan: SitePlan, state: SiteState, input: Input<"grid-condition">): Absorbed {
  if (state.grid.observedAt !== undefined && input.observedAt < state.grid.observedAt)
    return { state, relevant: false };
  const isFresh = secondsBetween(input.observedAt, input.at) <= plan.staleness.gridConditionSeconds;
  const restored = isFresh ? heard(state, "grid-condition") : { state, relevant: false };
  const known = state.grid;
  const isUnreadable = input.unreadable === true;
  const isKept = (isUnreadable || input.level === "unknown") && !isWorse(input.level, known.level);
  const level = isKept ? known.level : input.level;
  const grid: GridState = {
    level,
    observedAt: input.observedAt,
    ...(isUnreadable ? { unreadable: true } : {}),
    ...(input.preAlert === undefined ? {} : { preAlert: input.preAlert }),
    ...(isUnreadable && level === known.level && known.released ? { released: known.released } : {}),
  };
  const changed =
    level !== known.level ||
    grid.unreadable !== known.unreadable ||
    grid.released !== known.released ||
    (plan.onPrcPreAlert !== "none" && grid.preAlert?.observedAt !== known.preAlert?.observedAt);
  return { state: { ...restored.state, grid }, relevant: changed || restored.relevant };
}

/** A hashprice, unless older than the known one. */
export function hashprice(state: SiteState, input: Input<"hashprice">): Absorbed {
  if (state.hashprice !== undefined && input.asOf < state.hashprice.asOf) return { state, relevant: false };
  const restored = heard(state, "hashprice");
  const valueChanged = input.usdPerPhDay !== state.hashprice?.usdPerPhDay;
  return {
    state: { ...restored.state, hashprice: { usdPerPhDay: input.usdPerPhDay, asOf: input.asOf } },
    relevant: valueChanged || restored.relevant,
  };
}

function currentIntervalStart(state: SiteState): Instant {
  if (state.asOf === undefined) throw new RangeError("site state: no market time yet");
  return intervalStart(settlementInterval(state.asOf));
}

function startOf(key: string): Instant {
  return intervalStart(parseIntervalKey(key));
}
