import { instruction, recall } from "./absorbInstruction.ts";
import { feedSilent, heard } from "./absorbSilence.ts";
import type { Absorbed, Input } from "./absorbSilence.ts";
import { close } from "./closed.ts";
import { freezesAfter } from "./freezes.ts";
import { gridCondition, hashprice, scedLmp, settlementPrice } from "./absorbMarket.ts";
import { GRID_LEVEL_ID, gridReleaseProblem } from "./gridReleaseProblem.ts";
import type { SiteInput, SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";
import { withLoadNoted } from "./withLoadNoted.ts";

/** Newest input ids that a site remembers. */
export const SEEN_IDS = 400;

/**
 * Takes one mailbox input into a site's state. Idempotent by the input's id, over the newest 400. `relevant` is false
 * when no decision could change: a price of another point, a run already known at that price or overtaken before this
 * interval, an adder within rounding, a grid condition at the same level, an instruction at the same content, a
 * dispatch verdict. An instruction sent again under its id replaces the older content, unless it was recalled or the
 * message was overtaken. @throws UnitError on an impossible interval key.
 */
export function absorb(
  plan: SitePlan,
  state: SiteState,
  input: SiteInput,
): { state: SiteState; relevant: boolean; duplicate: boolean } {
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
    case "sced-lmp":
      return scedLmp(plan, state, input);
    case "settlement-price":
      return settlementPrice(plan, state, input);
    case "grid-condition":
      return gridCondition(plan, state, input);
    case "hashprice":
      return hashprice(state, input);
    case "feed-silent":
      return feedSilent(state, input.feed);
    case "feed-restored":
      return input.feed === "grid-condition" ? gridRestored(state) : heard(state, input.feed);
    case "order":
      return order(plan, state, input);
    case "release":
      if (input.orderId === GRID_LEVEL_ID) return gridRelease(state, input);
      return close(state, "orders", (one) => one.orderId === input.orderId, input.orderId);
    case "instruction":
      return instruction(plan, state, input);
    case "recall":
      return recall(state, input);
    case "freeze":
    case "thaw":
      return freezing(state, input);
    case "dispatch-verdict":
      return verdict(state, input);
    case "wake":
      return { state, relevant: true };
  }
}

function verdict(state: SiteState, { revision, outcome, stragglers, at }: Input<"dispatch-verdict">): Absorbed {
  return { state: { ...state, verdict: { revision, outcome, stragglers, at } }, relevant: false };
}

/** The level that was left standing claims nothing until the source speaks again. */
function gridRelease(state: SiteState, release: Input<"release">): Absorbed {
  if (gridReleaseProblem(state) !== undefined) return { state, relevant: false };
  const { actor, reason, at } = release;
  return { state: { ...state, grid: { ...state.grid, released: { actor, reason, at } } }, relevant: true };
}

/** The level that the source said last stands again: it says what has changed since. */
function gridRestored(state: SiteState): Absorbed {
  const restored = heard(state, "grid-condition");
  const { released, ...grid } = restored.state.grid;
  if (released === undefined || grid.unreadable === true) return restored;
  return { state: { ...restored.state, grid }, relevant: true };
}

function order(plan: SitePlan, state: SiteState, input: Input<"order">): Absorbed {
  const known =
    state.orders.some((one) => one.orderId === input.order.orderId) || state.closedIds.includes(input.order.orderId);
  if (known || input.order.until <= input.at) return { state, relevant: false };
  const taken = withLoadNoted(plan, state.cohorts, input.order);
  return { state: { ...state, orders: [...state.orders, taken] }, relevant: true };
}

function freezing(state: SiteState, input: Input<"freeze" | "thaw">): Absorbed {
  const { verdict, revision } = state;
  const isProven = verdict?.revision === revision && verdict.outcome === "confirmed" && verdict.stragglers === 0;
  const drivesAgain = input.kind === "thaw" && revision > 0 && !isProven;
  const freezes = freezesAfter(state.freezes ?? [], input);
  return { state: { ...state, freezes, ...(drivesAgain ? { drivesAgain } : {}) }, relevant: true };
}
