import type { Reason } from "../decision/model.ts";
import { ruleOf } from "../decision/rules/index.ts";
import type { Split } from "../decision/split.ts";
import type { IntervalKey, SettlementInterval } from "../market/model.ts";
import { intervalKey } from "../market/calendar.ts";
import { byCodePoint } from "../units/allocate.ts";
import type { ClientId, CohortId } from "../units/ids.ts";
import { msOfInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import { minus, ZERO, plus, rational, rationalOfNumber, times } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { roundRational } from "../units/rounding.ts";
import type { CurtailedSpan } from "./model.ts";

/** A cohort from `at` on, until its next change. Powers are counted at its client's feeder, W. */
export interface CohortChange {
  readonly cohortId: CohortId;
  readonly clientId: ClientId;
  readonly at: Instant;
  /** What the machines that could have run are commanded to. */
  readonly split: Split;
  /** What keeps the cohort where it is. */
  readonly reason: Reason;
  /** All of it below normal, by the rule that each W belongs to. */
  readonly curtailed: readonly { readonly reason: Reason; readonly belowNormalW: number }[];
  /** Machines that could have run: dead, locked-out and powerless ones are off the baseline. */
  readonly ableToRun: number;
  /** Of one machine. */
  readonly normalPowerW: number;
  /** W at the feeder for each machine W, as the powers are counted; absent in lines counted by the site's `pue`. */
  readonly feederPue?: number;
}

export interface IntervalSpans {
  readonly intervalKey: IntervalKey;
  readonly curtailed: readonly CurtailedSpan[];
  /** A client is left out where the state of one of its cohorts is not known for the whole interval. */
  readonly baselines: readonly { readonly clientId: ClientId; readonly baselineWh: string }[];
}

const INTERVAL_MS = 900_000;

/**
 * Cuts a timeline of cohort states at the interval borders. Per interval: the spans below normal power by cohort and
 * reason, and each client's telemetry baseline = Σ machines able to run × normal power × seconds ÷ 3600, rounded
 * half-even to Wh. Machines that their rule books as unavailable have neither. The timeline must reach back
 * to the site's first lines: a cohort whose own first line is later was not there before. Where a cohort's state is
 * unknown its client has no baseline, and settlement lists the interval as missing. `timeline` in any order; of two
 * changes of a cohort at one instant the later in the list counts.
 * @throws UnitError for a power or count that is not a finite number.
 */
export function attributeSpans(
  timeline: readonly CohortChange[],
  intervals: readonly { readonly interval: SettlementInterval; readonly startAt: Instant }[],
): IntervalSpans[] {
  const cohorts = [...Map.groupBy(timeline, (change) => change.cohortId)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([, changes]) => changes.toSorted((a, b) => msOfInstant(a.at) - msOfInstant(b.at)));
  const siteFromMs = cohorts.reduce((ms, changes) => Math.min(ms, firstMs(changes)), Infinity);
  return intervals.map(({ interval, startAt }) => ({
    intervalKey: intervalKey(interval),
    ...spansOf(cohorts, msOfInstant(startAt), siteFromMs),
  }));
}

function spansOf(
  cohorts: readonly (readonly CohortChange[])[],
  startMs: number,
  siteFromMs: number,
): Omit<IntervalSpans, "intervalKey"> {
  const curtailed: CurtailedSpan[] = [];
  const wattSeconds = new Map<string, Rational>();
  const unknown = new Set<string>();
  for (const changes of cohorts) {
    const pieces = piecesOf(changes, startMs);
    const isUnknown = siteFromMs > startMs && coveredMs(pieces) < INTERVAL_MS;
    for (const { clientId } of changes) if (isUnknown) unknown.add(clientId);
    for (const { state, seconds } of pieces) {
      const able = times(availableW(state), rationalOfNumber(seconds));
      wattSeconds.set(state.clientId, plus(wattSeconds.get(state.clientId) ?? ZERO, able));
      const { clientId, cohortId } = state;
      for (const { reason, belowNormalW } of isUnavailable(state) ? [] : state.curtailed)
        if (belowNormalW > 0 && !isUnavailable({ reason }))
          curtailed.push({ clientId, cohortId, reason, seconds, belowNormalW });
    }
  }
  const baselines = [...wattSeconds]
    .filter(([clientId]) => !unknown.has(clientId))
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([clientId, ws]) => ({
      clientId,
      baselineWh: roundRational(times(ws, rational(1n, 3600n)), "half-even").toString(),
    }));
  return { curtailed: merge(curtailed), baselines };
}

function isUnavailable({ reason }: Pick<CohortChange, "reason">): boolean {
  return ruleOf(reason).settlement === "UNAVAILABLE";
}

/**
 * Normal power of the machines that could have run, W: none of a cohort that its rule books as unavailable, and not the
 * part that such a rule holds down above another's.
 */
function availableW(state: CohortChange): Rational {
  if (isUnavailable(state)) return ZERO;
  const machinesW = times(rationalOfNumber(state.ableToRun), rationalOfNumber(state.normalPowerW));
  const held = state.curtailed.filter(isUnavailable);
  return held.reduce((left, { belowNormalW }) => minus(left, rationalOfNumber(belowNormalW)), machinesW);
}

function firstMs(changes: readonly CohortChange[]): number {
  return msOfInstant((changes[0] as CohortChange).at);
}

interface Piece {
  readonly state: CohortChange;
  readonly seconds: number;
}

/** The states of one cohort inside the interval, in order, with their whole and fractional seconds. */
function piecesOf(changes: readonly CohortChange[], startMs: number): Piece[] {
  const endMs = startMs + INTERVAL_MS;
  return changes.flatMap((state, i) => {
    const next = changes[i + 1];
    const fromMs = Math.max(msOfInstant(state.at), startMs);
    const toMs = Math.min(next === undefined ? endMs : msOfInstant(next.at), endMs);
    return toMs > fromMs ? [{ state, seconds: (toMs - fromMs) / 1000 }] : [];
  });
}

function coveredMs(pieces: readonly Piece[]): number {
  return pieces.reduce((ms, piece) => ms + Math.round(piece.seconds * 1000), 0);
}

/** Adds up the seconds of spans that differ in nothing else. */
function merge(spans: readonly CurtailedSpan[]): CurtailedSpan[] {
  const groups = Map.groupBy(spans, (s) => [s.clientId, s.cohortId, s.reason, s.belowNormalW].join("\n"));
  return [...groups.values()].map((group) => ({
    ...(group[0] as CurtailedSpan),
    seconds: group.reduce((ms, s) => ms + Math.round(s.seconds * 1000), 0) / 1000,
  }));
}
