import type { ExpectedIntervalPrice } from "../market/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { Draft } from "./draft.ts";
import { kwAt, positionAtLeast, positionAtMost } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { Room } from "./ladder.ts";
import type { DecisionInput, MoveOnOneRun, SitePlan } from "./model.ts";
import { LIMIT_SECONDS, restingAt } from "./onOneRun.ts";
import { runKnownAt, type RunPrice, runPrices } from "./runPrices.ts";
import { policyOf } from "./policies/index.ts";
import { lowerIndex, machinesOf, positionOf } from "./split.ts";

/** A price-driven move, and what of it rests on one SCED run alone. */
interface Single {
  /** As far as another run on the same side carries it. */
  readonly carried: number;
  readonly kw: number;
  /** When the limit ends; undefined where no known run lies beyond the threshold. */
  readonly until?: Instant;
}

/** What of a cohort's earlier moves rests on one run. */
interface Resting {
  readonly moves: readonly MoveOnOneRun[];
  readonly kw: number;
}

/** A cohort that the price moves within the bands of the rules. */
interface Moving {
  readonly draft: Draft;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Limits what one SCED run alone may move for price to `singleSourceMwMax`: one bad row must not drop a site. A step is
 * free once a second known run lies on the same side of its threshold, at the latest 330 s after the first became
 * known: by then the next has spoken and stands in the expected price. Steps down go worst strike first, then steps up
 * best strike first, machine by machine while they fit into what moves on one run have not used, whatever has moved
 * those cohorts since; beyond that a cohort goes as far as other runs carry it. `commanded` says of each draft whether
 * it moves at all. Returns the drafts with what the limit leaves of them.
 */
export function withinSingleSource(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice,
  drafts: readonly Draft[],
  room: Room,
  commanded: readonly boolean[],
): readonly Draft[] {
  const runs = runPrices(input, price);
  const single = (draft: Draft, from: number, to: number): Single => singleRun(plan, input, runs, draft, from, to);
  const limitKw = plan.singleSourceMwMax * 1000;
  const resting = drafts.map((draft) => restingOn(draft, input, single));
  let movedKw = resting.reduce((sum, { kw }) => sum + kw, 0);
  const limited = drafts.map((draft, at): Draft => rests(draft, (resting[at] as Resting).moves, 0, 0));
  const moving = drafts
    .map((draft, at): Moving => ({ draft, at, ...within(room, at, draft) }))
    .filter(({ at, from, to }) => commanded[at] === true && from !== to);
  for (const { draft, at, from, to } of inOrderOfStrike(moving)) {
    const { carried, kw, until } = single(draft, from, to);
    const { moves } = resting[at] as Resting;
    if (kw === 0) continue;
    if (movedKw + kw <= limitKw) {
      movedKw += kw;
      limited[at] = rests(draft, moves, carried, to);
      continue;
    }
    const goes = partOf(draft, carried, to, limitKw - movedKw);
    movedKw += Math.abs(kwAt(draft.frame, goes) - kwAt(draft.frame, carried));
    limited[at] = { ...rests(draft, moves, carried, goes), goes, heldUntil: until, heldBy: "single-source" };
  }
  return limited;
}

function rests(draft: Draft, before: readonly MoveOnOneRun[], from: number, to: number): Draft {
  return { ...draft, onOneRun: { before, from, to } };
}

function within({ lowest, highest }: Room, at: number, draft: Draft): { from: number; to: number } {
  const clamped = (position: number): number =>
    Math.min(Math.max(position, lowest[at] as number), highest[at] as number);
  const from = clamped(draft.frame.current);
  return { from, to: draft.goes === undefined ? from : clamped(draft.goes) };
}

/** As many machines from `carried` towards `to` as `kw` allows. */
function partOf({ frame }: Draft, carried: number, to: number, kw: number): number {
  const at = kwAt(frame, carried);
  if (kw <= 0) return carried;
  return to < carried
    ? Math.min(Math.max(positionAtLeast(frame, at - kw), to), carried)
    : Math.max(Math.min(positionAtMost(frame, at + kw), to), carried);
}

/** A cohort's earlier moves for price that no other run has confirmed yet, and their kW, able to run or not. */
function restingOn(
  draft: Draft,
  input: DecisionInput,
  single: (draft: Draft, from: number, to: number) => Single,
): Resting {
  const earliest = input.facts.scedRuns[0];
  const kwOf = ({ from, to }: MoveOnOneRun): number => {
    const then = { ...draft, frame: over(draft.frame, machinesOf(from)) };
    const [at, goes] = [positionOf(then.frame.cohort, from), positionOf(then.frame.cohort, to)];
    if (draft.comparisons.length === 0) return Math.abs(kwAt(then.frame, goes) - kwAt(then.frame, at));
    return single(then, at, goes).kw;
  };
  const moves = restingAt(draft.frame.state, input.asOf)
    .filter(({ at }) => earliest !== undefined && at >= runKnownAt(earliest))
    .map((move) => ({ move, kw: kwOf(move) }))
    .filter(({ kw }) => kw > 0);
  return { moves: moves.map(({ move }) => move), kw: moves.reduce((sum, { kw }) => sum + kw, 0) };
}

/** A cohort as it is with another number of machines able to run. */
function over(frame: CohortFrame, able: number): CohortFrame {
  return { ...frame, able, top: (frame.cohort.modes.length - 1) * able };
}

function singleRun(
  plan: SitePlan,
  input: DecisionInput,
  runs: readonly RunPrice[],
  draft: Draft,
  from: number,
  to: number,
): Single {
  const { frame, comparisons } = draft;
  const down = to < from;
  const pair = pairAbove(draft, down ? to : to - 1);
  const supports = ({ usdPerMwh }: RunPrice): boolean =>
    down ? usdPerMwh > pair.offAboveUsdPerMwh : usdPerMwh < pair.onBelowUsdPerMwh;
  const supporting = runs.filter(supports);
  if (supporting.length > 1) return { carried: to, kw: 0 };
  const first = supporting[0];
  const until = first === undefined ? undefined : addSeconds(first.knownAt, LIMIT_SECONDS);
  if (until !== undefined && until <= input.asOf) return { carried: to, kw: 0 };
  const prices = runs.map(({ usdPerMwh }) => usdPerMwh).toSorted((a, b) => (down ? b - a : a - b));
  const second = prices[1];
  const policy = policyOf(plan.economic.kind);
  const wished = second === undefined ? from : policy.wish(comparisons, frame.able, from, second);
  const carried = down ? Math.min(from, Math.max(wished, to)) : Math.max(from, Math.min(wished, to));
  return { carried, kw: Math.abs(kwAt(frame, to) - kwAt(frame, carried)), until };
}

function inOrderOfStrike(moving: readonly Moving[]): Moving[] {
  const crossed = ({ draft, from, to }: Moving): number =>
    pairAbove(draft, to < from ? from - 1 : from).strikeUsdPerMwh;
  const down = moving.filter(({ from, to }) => to < from).toSorted((a, b) => crossed(a) - crossed(b));
  const up = moving.filter(({ from, to }) => to > from).toSorted((a, b) => crossed(b) - crossed(a));
  return [...down, ...up];
}

/** The compared pair of modes of the step above a position. */
function pairAbove({ frame, comparisons }: Draft, position: number): Draft["comparisons"][number] {
  const pair = comparisons[lowerIndex(frame.able, position)];
  if (pair === undefined) throw new RangeError(`${frame.cohort.cohortId}: a price-driven move without a compared pair`);
  return pair;
}
