import type { ExpectedIntervalPrice } from "../market/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { Draft } from "./draft.ts";
import { kwAt, positionAtLeast, positionAtMost } from "./frame.ts";
import { leftPosition } from "./hold.ts";
import type { Room } from "./ladder.ts";
import type { KnownRun } from "../inputs/knownRuns.ts";
import type { DecisionInput, SitePlan } from "./model.ts";
import { policyOf } from "./policies/index.ts";
import { lowerIndex } from "./split.ts";

/** SCED runs follow each other within this: then a second run has spoken, or will not soon. */
const LIMIT_SECONDS = 330;

/** A price-driven move, and what of it rests on one SCED run alone. */
interface Single {
  /** As far as another run on the same side carries it. */
  readonly carried: number;
  readonly kw: number;
  /** When the limit ends; undefined where no known run lies beyond the threshold. */
  readonly until?: Instant;
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
 * best strike first, machine by machine while they fit into what moves on that run have not used; beyond that a cohort
 * goes as far as other runs carry it. `commanded` says of each draft whether it moves at all. Returns the drafts with
 * what the limit leaves of them.
 */
export function withinSingleSource(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice,
  drafts: readonly Draft[],
  room: Room,
  commanded: readonly boolean[],
): readonly Draft[] {
  const single = (draft: Draft, from: number, to: number): Single => singleRun(plan, input, price, draft, from, to);
  const limitKw = plan.singleSourceMwMax * 1000;
  let movedKw = drafts.reduce((kw, draft) => kw + movedOnOneRun(draft, input, single), 0);
  const limited = [...drafts];
  const moving = drafts
    .map((draft, at): Moving => ({ draft, at, ...within(room, at, draft) }))
    .filter(({ at, from, to }) => commanded[at] === true && from !== to);
  for (const { draft, at, from, to } of inOrderOfStrike(moving)) {
    const { carried, kw, until } = single(draft, from, to);
    if (kw === 0 || movedKw + kw <= limitKw) {
      movedKw += kw;
      continue;
    }
    const goes = partOf(draft, carried, to, limitKw - movedKw);
    movedKw += Math.abs(kwAt(draft.frame, goes) - kwAt(draft.frame, carried));
    limited[at] = { ...draft, goes, heldUntil: until, heldBy: "single-source" };
  }
  return limited;
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

/** kW that a cohort's last move took for price on a run that no other has confirmed yet. */
function movedOnOneRun(
  draft: Draft,
  input: DecisionInput,
  single: (draft: Draft, from: number, to: number) => Single,
): number {
  const { since, movedBy } = draft.frame.state;
  const earliest = input.facts.scedRuns[0];
  const left = leftPosition(draft.frame);
  if (movedBy !== "economic" || since === undefined || left === undefined || earliest === undefined) return 0;
  if (since < knownAt(earliest) || draft.comparisons.length === 0 || left === draft.frame.current) return 0;
  return single(draft, left, draft.frame.current).kw;
}

function singleRun(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice,
  draft: Draft,
  from: number,
  to: number,
): Single {
  const { frame, comparisons } = draft;
  const down = to < from;
  const pair = pairAbove(draft, down ? to : to - 1);
  const adder = price.adderUsdPerMwh;
  const supports = ({ lmpUsdPerMwh }: KnownRun): boolean =>
    down ? lmpUsdPerMwh + adder > pair.offAboveUsdPerMwh : lmpUsdPerMwh + adder < pair.onBelowUsdPerMwh;
  const supporting = input.facts.scedRuns.filter(supports);
  const first = supporting[0];
  const until = first === undefined ? undefined : addSeconds(knownAt(first), LIMIT_SECONDS);
  if (supporting.length > 1 || (until !== undefined && until <= input.asOf)) return { carried: to, kw: 0 };
  const prices = input.facts.scedRuns.map((run) => run.lmpUsdPerMwh + adder).toSorted((a, b) => (down ? b - a : a - b));
  const second = prices[1];
  const policy = policyOf(plan.economic.kind);
  const wished = second === undefined ? from : policy.wish(comparisons, frame.able, from, second);
  const carried = down ? Math.min(from, Math.max(wished, to)) : Math.max(from, Math.min(wished, to));
  return { carried, kw: Math.abs(kwAt(frame, to) - kwAt(frame, carried)), until };
}

function knownAt(run: KnownRun): Instant {
  return run.knownAt ?? run.scedAt;
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
