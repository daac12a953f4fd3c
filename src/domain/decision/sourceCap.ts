import type { ExpectedIntervalPrice } from "../market/model.ts";
import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { modeIndex } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { economicMode } from "./economic.ts";
import type { DecisionInput, KnownRun, SitePlan } from "./model.ts";

/** SCED runs follow each other within this: then a second run has spoken, or will not soon. */
const LIMIT_SECONDS = 330;

/** A cohort kept back: the mode it may have meanwhile, and until when. */
export interface Waiting {
  readonly index: number;
  readonly until?: Instant;
}

/** A price-driven move, and what of it rests on one SCED run alone. */
interface Single {
  /** The mode as far as another run on the same side carries it. */
  readonly carriedIndex: number;
  readonly mw: number;
  /** When the limit ends; undefined where no known run lies beyond the threshold. */
  readonly until?: Instant;
}

/**
 * Limits what one SCED run alone may move for price to `singleSourceMwMax`: one bad row must not drop a site. A step is
 * free once a second known run lies on the same side of its threshold, at the latest 330 s after the first became
 * known: by then the next has spoken and stands in the expected price. Steps down go worst strike first, then steps up
 * best strike first, while they fit into what moves on that run have not used; a cohort whose step does not fit goes as
 * far as other runs carry it. Returns the cohorts that must wait.
 */
export function overSingleSourceCap(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice,
  drafts: readonly Draft[],
): ReadonlyMap<string, Waiting> {
  const single = (draft: Draft, from: number, to: number): Single =>
    singleSource(input, price.adderUsdPerMwh, draft, from, to);
  let movedMw = drafts.reduce((sum, draft) => sum + movedOnOneRun(draft, input, single), 0);
  const waiting = new Map<string, Waiting>();
  for (const draft of inOrderOfStrike(
    drafts.filter((one) => one.commanded && one.claim.reason === "economic" && one.index !== one.currentIndex),
  )) {
    const { carriedIndex, mw, until } = single(draft, draft.currentIndex, draft.index);
    if (movedMw + mw <= plan.singleSourceMwMax || mw === 0) movedMw += mw;
    else waiting.set(draft.cohort.cohortId, { index: carriedIndex, until });
  }
  return waiting;
}

/** MW that a cohort's last move took for price on a run that no other has confirmed yet. */
function movedOnOneRun(
  draft: Draft,
  input: DecisionInput,
  single: (draft: Draft, from: number, to: number) => Single,
): number {
  const { since, leftModeId, movedBy } = draft.state;
  const earliest = input.scedRuns[0];
  if (movedBy !== "economic" || since === undefined || leftModeId === undefined || earliest === undefined) return 0;
  if (since < knownAt(earliest) || draft.comparisons.length === 0) return 0;
  return single(draft, modeIndex(draft.cohort, leftModeId), draft.currentIndex).mw;
}

function singleSource(input: DecisionInput, adder: number, draft: Draft, from: number, to: number): Single {
  const down = to < from;
  const pair = draft.comparisons[down ? to : to - 1];
  if (pair === undefined) throw new RangeError(`${draft.cohort.cohortId}: a price-driven move without a compared pair`);
  const supports = ({ lmpUsdPerMwh }: KnownRun): boolean =>
    down ? lmpUsdPerMwh + adder > pair.offAboveUsdPerMwh : lmpUsdPerMwh + adder < pair.onBelowUsdPerMwh;
  const supporting = input.scedRuns.filter(supports);
  const first = supporting[0];
  const until = first === undefined ? undefined : addSeconds(knownAt(first), LIMIT_SECONDS);
  if (supporting.length > 1 || (until !== undefined && until <= input.asOf)) return { carriedIndex: to, mw: 0 };
  const prices = input.scedRuns.map((run) => run.lmpUsdPerMwh + adder).toSorted((a, b) => (down ? b - a : a - b));
  const second = prices[1];
  const carried = second === undefined ? from : economicMode(draft.comparisons, from, second);
  const carriedIndex = down ? Math.min(from, Math.max(carried, to)) : Math.max(from, Math.min(carried, to));
  const between = draft.comparisons.slice(Math.min(carriedIndex, to), Math.max(carriedIndex, to));
  return { carriedIndex, mw: between.reduce((sum, one) => sum + one.deltaMw, 0), until };
}

function knownAt(run: KnownRun): Instant {
  return run.knownAt ?? run.scedAt;
}

function inOrderOfStrike(moves: readonly Draft[]): Draft[] {
  const down = moves
    .filter((one) => one.index < one.currentIndex)
    .toSorted((a, b) => crossedStrike(a) - crossedStrike(b));
  const up = moves
    .filter((one) => one.index > one.currentIndex)
    .toSorted((a, b) => crossedStrike(b) - crossedStrike(a));
  return [...down, ...up];
}

/** Strike of the first pair a move crosses. */
function crossedStrike(draft: Draft): number {
  const pair = draft.comparisons[draft.index < draft.currentIndex ? draft.currentIndex - 1 : draft.currentIndex];
  if (pair === undefined) throw new RangeError(`${draft.cohort.cohortId}: a price-driven move without a compared pair`);
  return pair.strikeUsdPerMwh;
}
