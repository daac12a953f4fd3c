import { intervalStart, parseIntervalKey, settlementInterval } from "../market/calendar.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { runsFrom, withRun } from "./knownRuns.ts";
import { lastSettled } from "./lastSettled.ts";
import type { SilentFeed, SiteInput, SitePlan } from "./model.ts";
import type { SiteState } from "./siteState.ts";

const SEEN_IDS = 400;
const CLOSED_IDS = 50;
const SETTLED_INTERVALS = 2;
const KEPT_SECONDS_BEFORE_INTERVAL = 1800;

type Input<K extends SiteInput["kind"]> = Extract<SiteInput, { kind: K }>;
/** New state, and whether a decision could come out otherwise because of it. */
type Absorbed = { readonly state: SiteState; readonly relevant: boolean };

/**
 * Takes one mailbox input into a site's state. Idempotent by the input's id, over the newest 400. `relevant` is false when no decision
 * could change: a price of another point, a run already known at that price or overtaken before this interval, an adder within
 * rounding, a grid condition at the same level, a dispatch verdict. @throws UnitError on an impossible interval key.
 */
export function absorb(plan: SitePlan, state: SiteState, input: SiteInput): { state: SiteState; relevant: boolean; duplicate: boolean } {
  if (state.seenIds.includes(input.id)) return { state, relevant: false, duplicate: true };
  const noted: SiteState = {
    ...state,
    asOf: state.asOf === undefined || input.at > state.asOf ? input.at : state.asOf,
    inputIds: [...state.inputIds, input.id],
    seenIds: [...state.seenIds, input.id].slice(-SEEN_IDS),
  };
  return { ...take(plan, noted, input), duplicate: false };
}

function take(plan: SitePlan, state: SiteState, input: SiteInput): Absorbed {
  switch (input.kind) {
    case "sced-lmp": return scedLmp(plan, state, input);
    case "settlement-price": return settlementPrice(plan, state, input);
    case "grid-condition": return gridCondition(state, input);
    case "hashprice": return hashprice(state, input);
    case "feed-silent": return feedSilent(state, input.feed);
    case "feed-restored": return heard(state, input.feed);
    case "order": return order(state, input);
    case "release": return close(state, "orders", (one) => one.orderId === input.orderId, input.orderId);
    case "instruction": return instruction(state, input);
    case "recall": return close(state, "instructions", (one) => one.instructionId === input.instructionId, input.instructionId);
    case "dispatch-verdict": return { state: { ...state, verdict: { revision: input.revision, outcome: input.outcome, stragglers: input.stragglers, at: input.at } }, relevant: false };
    case "wake": return { state, relevant: true };
  }
}

function scedLmp(plan: SitePlan, state: SiteState, input: Input<"sced-lmp">): Absorbed {
  if (input.settlementPoint !== plan.settlementPoint) return { state, relevant: false };
  const run = { scedAt: input.scedAt, lmpUsdPerMwh: input.lmpUsdPerMwh };
  const newest = state.scedRuns.at(-1);
  const fresh = newest === undefined || run.scedAt > newest.scedAt ? heard(state, "sced-lmp") : { state, relevant: false };
  const start = currentIntervalStart(state);
  const runs = runsFrom(withRun(state.scedRuns, run), addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL));
  const changed = { ...fresh.state, scedRuns: runs };
  const priceNow = JSON.stringify(runsFrom(state.scedRuns, start)) !== JSON.stringify(runsFrom(runs, start));
  return { state: changed, relevant: fresh.relevant || priceNow || adderChanged(plan, state, changed) };
}

function settlementPrice(plan: SitePlan, state: SiteState, input: Input<"settlement-price">): Absorbed {
  if (input.settlementPoint !== plan.settlementPoint || input.settlementPointType !== plan.settlementPointType) return { state, relevant: false };
  const price = { intervalKey: input.intervalKey, priceUsdPerMwh: input.priceUsdPerMwh };
  const all = [...state.settled.filter((one) => one.intervalKey !== price.intervalKey), price];
  const settled = all.toSorted((a, b) => (startOf(a.intervalKey) < startOf(b.intervalKey) ? -1 : 1)).slice(-SETTLED_INTERVALS);
  const changed = { ...heard(state, "settlement-price").state, settled };
  return { state: changed, relevant: adderChanged(plan, state, changed) };
}

/** Whether the adder a decision would use differs; rounding counts as no adder, so a quiet settlement price changes nothing. */
function adderChanged(plan: SitePlan, before: SiteState, after: SiteState): boolean {
  if (plan.economic.adderShare === 0) return false;
  const old = lastSettled(before);
  const now = lastSettled(after);
  const noAdder = (one: typeof old): boolean => one === undefined || one.adderUsdPerMwh === 0;
  if (noAdder(old) && noAdder(now)) return false;
  return old?.intervalKey !== now?.intervalKey || old?.adderUsdPerMwh !== now?.adderUsdPerMwh;
}

function gridCondition(state: SiteState, input: Input<"grid-condition">): Absorbed {
  if (state.grid.observedAt !== undefined && input.observedAt < state.grid.observedAt) return { state, relevant: false };
  const restored = heard(state, "grid-condition");
  const levelChanged = input.level !== state.grid.level;
  return { state: { ...restored.state, grid: { level: input.level, observedAt: input.observedAt } }, relevant: levelChanged || restored.relevant };
}

function hashprice(state: SiteState, input: Input<"hashprice">): Absorbed {
  if (state.hashprice !== undefined && input.asOf < state.hashprice.asOf) return { state, relevant: false };
  const restored = heard(state, "hashprice");
  const valueChanged = input.usdPerPhDay !== state.hashprice?.usdPerPhDay;
  return { state: { ...restored.state, hashprice: { usdPerPhDay: input.usdPerPhDay, asOf: input.asOf } }, relevant: valueChanged || restored.relevant };
}

function feedSilent(state: SiteState, feed: SilentFeed): Absorbed {
  if (state.silentFeeds.includes(feed)) return { state, relevant: false };
  return { state: { ...state, silentFeeds: [...state.silentFeeds, feed].toSorted() }, relevant: feed !== "settlement-price" };
}

/** New data, or the watcher's word, ends a feed's silence. */
function heard(state: SiteState, feed: SilentFeed): Absorbed {
  if (!state.silentFeeds.includes(feed)) return { state, relevant: false };
  return { state: { ...state, silentFeeds: state.silentFeeds.filter((one) => one !== feed) }, relevant: feed !== "settlement-price" };
}

function order(state: SiteState, input: Input<"order">): Absorbed {
  const known = state.orders.some((one) => one.orderId === input.order.orderId) || state.closedIds.includes(input.order.orderId);
  if (known || input.order.until <= input.at) return { state, relevant: false };
  return { state: { ...state, orders: [...state.orders, input.order] }, relevant: true };
}

function instruction(state: SiteState, input: Input<"instruction">): Absorbed {
  const { instruction: received } = input;
  const known = state.instructions.some((one) => one.instructionId === received.instructionId) || state.closedIds.includes(received.instructionId);
  if (known || (received.until !== undefined && received.until <= input.at)) return { state, relevant: false };
  return { state: { ...state, instructions: [...state.instructions, received] }, relevant: true };
}

function close<K extends "orders" | "instructions">(state: SiteState, list: K, matches: (one: SiteState[K][number]) => boolean, id: string): Absorbed {
  const remaining = (state[list] as readonly SiteState[K][number][]).filter((one) => !matches(one));
  const closedIds = [...state.closedIds.filter((one) => one !== id), id].slice(-CLOSED_IDS);
  return { state: { ...state, [list]: remaining, closedIds }, relevant: remaining.length < state[list].length };
}

function currentIntervalStart(state: SiteState): Instant {
  if (state.asOf === undefined) throw new RangeError("site state: no market time yet");
  return intervalStart(settlementInterval(state.asOf));
}

function startOf(key: string): Instant {
  return intervalStart(parseIntervalKey(key));
}
