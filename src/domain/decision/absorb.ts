import { feedSilent, heard } from "./absorbSilence.ts";
import type { Absorbed, Input } from "./absorbSilence.ts";
import { freezesAfter } from "./freezes.ts";
import { gridCondition, hashprice, scedLmp, settlementPrice } from "./absorbMarket.ts";
import { GRID_LEVEL_ID, gridReleaseProblem } from "./gridReleaseProblem.ts";
import type { GridInstruction, SiteInput, SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Newest input ids that a site remembers. */
export const SEEN_IDS = 400;
/** Orders released and instructions recalled that a site remembers. */
export const CLOSED_IDS = 50;

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
      return order(state, input);
    case "release":
      if (input.orderId === GRID_LEVEL_ID) return gridRelease(state, input);
      return close(state, "orders", (one) => one.orderId === input.orderId, input.orderId);
    case "instruction":
      return instruction(state, input);
    case "recall":
      return close(state, "instructions", (one) => one.instructionId === input.instructionId, input.instructionId);
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

function order(state: SiteState, input: Input<"order">): Absorbed {
  const known =
    state.orders.some((one) => one.orderId === input.order.orderId) || state.closedIds.includes(input.order.orderId);
  if (known || input.order.until <= input.at) return { state, relevant: false };
  return { state: { ...state, orders: [...state.orders, input.order] }, relevant: true };
}

function instruction(state: SiteState, input: Input<"instruction">): Absorbed {
  const received = { ...input.instruction, sentAt: input.at };
  const known = state.instructions.find((one) => one.instructionId === received.instructionId);
  const isOvertaken = known?.sentAt !== undefined && input.at < known.sentAt;
  if (isOvertaken || state.closedIds.includes(received.instructionId)) return { state, relevant: false };
  const others = state.instructions.filter((one) => one !== known);
  const isOver = received.until !== undefined && received.until <= input.at;
  const instructions = isOver ? others : [...others, received];
  const relevant = isOver ? known !== undefined : known === undefined || !sameContent(known, received);
  return { state: { ...state, instructions }, relevant };
}

function sameContent(one: GridInstruction, other: GridInstruction): boolean {
  const cohorts = ({ cohortIds }: GridInstruction): string => JSON.stringify(cohortIds?.toSorted());
  return (
    one.issuer === other.issuer &&
    one.action === other.action &&
    one.from === other.from &&
    one.until === other.until &&
    cohorts(one) === cohorts(other)
  );
}

function freezing(state: SiteState, input: Input<"freeze" | "thaw">): Absorbed {
  const { verdict, revision } = state;
  const isProven = verdict?.revision === revision && verdict.outcome === "confirmed" && verdict.stragglers === 0;
  const drivesAgain = input.kind === "thaw" && revision > 0 && !isProven;
  const freezes = freezesAfter(state.freezes ?? [], input);
  return { state: { ...state, freezes, ...(drivesAgain ? { drivesAgain } : {}) }, relevant: true };
}

function close<K extends "orders" | "instructions">(
  state: SiteState,
  list: K,
  matches: (one: SiteState[K][number]) => boolean,
  id: string,
): Absorbed {
  const remaining = (state[list] as readonly SiteState[K][number][]).filter((one) => !matches(one));
  const closedIds = [...state.closedIds.filter((one) => one !== id), id].slice(-CLOSED_IDS);
  return { state: { ...state, [list]: remaining, closedIds }, relevant: remaining.length < state[list].length };
}
