import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sameSplit, splitText } from "../../src/domain/decision/split.ts";
import { absorb } from "../../src/domain/decision/absorb.ts";
import { decide, RULE_SET } from "../../src/domain/decision/decide.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { SitePlan } from "../../src/domain/decision/model.ts";
import { nextRecord } from "../../src/domain/decision/nextRecord.ts";
import { adopt, decisionInput, initialSiteState } from "../../src/domain/decision/siteState.ts";
import { intervalKey, settlementInterval, wallToInstant } from "../../src/domain/market/calendar.ts";
import { secondsInForce } from "../../src/domain/market/expectedIntervalPrice.ts";
import type { IntervalKey, ScedRun } from "../../src/domain/market/model.ts";
import { addSeconds, msOfInstant, secondsBetween, type Instant } from "../../src/domain/units/instant.ts";

/** Price of one quarter hour. */
export interface QuarterPrice {
  readonly startAt: Instant;
  readonly intervalKey: IntervalKey;
  readonly priceUsdPerMwh: number;
}

/** SCED runs of a hub and its settlement prices, both ascending. */
export interface HubPrices {
  readonly hub: string;
  readonly runs: readonly ScedRun[];
  readonly quarters: readonly QuarterPrice[];
}

/** A change of a cohort's mode. */
export interface Move {
  readonly cohortId: string;
  readonly at: Instant;
  readonly fromModeId: string;
  readonly modeId: string;
}

/** Settlement prices are published this long after their interval. */
const SETTLED_AFTER_SECONDS = 150;

/**
 * A hub's published prices of the Central days whose text begins with `period` (`2024`, `2024-12`, `2024-12-14`).
 * Settlement prices are HB_HOUSTON's; for another hub its time-weighted LMP plus Houston's adder, which is the same for
 * all.
 */
export function hubPrices(dataDir: string, hub: string, period: string): HubPrices {
  const runs = runsOf(dataDir, hub, period);
  const houston = quartersOf(dataDir, period);
  if (hub === "HB_HOUSTON") return { hub, runs, quarters: houston };
  const houstonMean = meansByQuarter(runsOf(dataDir, "HB_HOUSTON", period));
  const mean = meansByQuarter(runs);
  const quarters = houston.flatMap((quarter) => {
    const [own, theirs] = [mean(quarter.startAt), houstonMean(quarter.startAt)];
    if (own === undefined || theirs === undefined) return [];
    return [{ ...quarter, priceUsdPerMwh: own + quarter.priceUsdPerMwh - theirs }];
  });
  return { hub, runs, quarters };
}

/**
 * Steps the product's own rules over a hub's prices: each run reaches the site `lagSeconds` after its stamp, each
 * settlement price 150 s after its interval, and between them the site looks when its last decision said so.
 */
export function stepPolicy(plan: SitePlan, prices: HubPrices, usdPerPhDay: number, lagSeconds: number): Move[] {
  let state = initialSiteState(plan);
  let wake: Instant | undefined;
  const moves: Move[] = [];
  const take = (input: SiteInput): void => {
    const absorbed = absorb(plan, state, input);
    state = absorbed.state;
    if (!absorbed.relevant) return;
    const frozen = decisionInput(plan, state, input.at);
    const output = decide(plan, frozen);
    const record = nextRecord({ plan, planHash: "", state, input: frozen, output, ruleSet: RULE_SET });
    state = adopt(plan, state, record, `${record.sequence}`);
    wake = output.nextWakeAt;
    for (const { cohortId, fromSplit, split } of output.cohorts)
      if (!sameSplit(split, fromSplit))
        moves.push({ cohortId, at: input.at, fromModeId: splitText(fromSplit), modeId: splitText(split) });
  };
  for (const input of inputsOf(plan, prices, usdPerPhDay, lagSeconds)) {
    while (wake !== undefined && wake < input.at) take({ kind: "wake", id: `wake/${wake}`, at: wake });
    take(input);
  }
  return moves;
}

function inputsOf(plan: SitePlan, { hub, runs, quarters }: HubPrices, usdPerPhDay: number, lag: number): SiteInput[] {
  const source = { source: "file", contentHash: "" };
  const point = { settlementPoint: hub, settlementPointType: plan.settlementPointType };
  const first = runs[0]?.scedAt;
  if (first === undefined) throw new RangeError(`no SCED runs of ${hub}`);
  const inputs: SiteInput[] = [
    { kind: "hashprice", id: "hashprice", at: first, usdPerPhDay, asOf: first, ...source },
    ...runs.map((run): SiteInput => ({
      kind: "sced-lmp",
      id: `lmp/${run.scedAt}`,
      at: addSeconds(run.scedAt, lag),
      ...point,
      ...run,
      ...source,
    })),
    ...quarters.map(({ startAt, ...quarter }): SiteInput => ({
      kind: "settlement-price",
      id: `spp/${startAt}`,
      at: addSeconds(startAt, 900 + SETTLED_AFTER_SECONDS),
      ...point,
      ...quarter,
      ...source,
    })),
  ];
  return inputs.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * Value of being off, $ for each MW: (price − strike) over the time off, less the strike for `restartMinutes` of each
 * return. Power that is drawn while nothing is mined.
 */
export function valueUsdPerMw(
  moves: readonly Pick<Move, "at" | "modeId">[],
  { quarters }: HubPrices,
  strikeUsdPerMwh: number,
  restartMinutes: number,
): { readonly usdPerMw: number; readonly restarts: number; readonly hoursOff: number } {
  const bounds = moves.map((move) => ({ atMs: msOfInstant(move.at), isOff: move.modeId === "off" }));
  let isOff = false;
  let next = 0;
  let usdPerMw = 0;
  let hoursOff = 0;
  for (const { startAt, priceUsdPerMwh } of quarters) {
    const startMs = msOfInstant(startAt);
    let fromMs = startMs;
    for (; next < bounds.length && (bounds[next] as { atMs: number }).atMs < startMs + 900_000; next++) {
      const bound = bounds[next] as { atMs: number; isOff: boolean };
      if (isOff) addOff(fromMs, bound.atMs, priceUsdPerMwh);
      fromMs = Math.max(bound.atMs, startMs);
      isOff = bound.isOff;
    }
    if (isOff) addOff(fromMs, startMs + 900_000, priceUsdPerMwh);
  }
  const restarts = moves.filter((move) => move.modeId !== "off").length;
  return { usdPerMw: usdPerMw - (restarts * strikeUsdPerMwh * restartMinutes) / 60, restarts, hoursOff };

  function addOff(fromMs: number, toMs: number, price: number): void {
    const hours = Math.max(0, toMs - fromMs) / 3_600_000;
    hoursOff += hours;
    usdPerMw += (price - strikeUsdPerMwh) * hours;
  }
}

/**
 * The most that perfect foresight earns, $ for each MW: without limits, and with minimum times in whole quarters and a
 * restart loss, by dynamic programming backward over (mode, quarters in it).
 */
export function optimumUsdPerMw(
  { quarters }: HubPrices,
  strike: number,
  limits: { readonly offQuarters: number; readonly onQuarters: number; readonly restartMinutes: number },
): { readonly unconstrained: number; readonly constrained: number } {
  const { offQuarters: a, onQuarters: b } = limits;
  const restart = (strike * limits.restartMinutes) / 60;
  let off = Array.from({ length: a + 1 }, () => 0);
  let on = Array.from({ length: b + 1 }, () => 0);
  const at = (values: readonly number[], index: number): number => values[index] as number;
  for (const { priceUsdPerMwh } of quarters.toReversed()) {
    const gain = (priceUsdPerMwh - strike) * 0.25;
    const offBefore = off;
    const onBefore = on;
    off = offBefore.map((_, i) =>
      Math.max(gain + at(offBefore, Math.min(i + 1, a)), i >= a ? at(onBefore, Math.min(1, b)) - restart : -Infinity),
    );
    on = onBefore.map((_, i) =>
      Math.max(at(onBefore, Math.min(i + 1, b)), i >= b ? gain + at(offBefore, Math.min(1, a)) : -Infinity),
    );
  }
  const unconstrained = quarters.reduce((sum, one) => sum + Math.max(one.priceUsdPerMwh - strike, 0) * 0.25, 0);
  return { unconstrained, constrained: at(on, b) };
}

function runsOf(dataDir: string, hub: string, period: string): ScedRun[] {
  const lines = linesOf(dataDir, `rt-lmp-sced-5min.${hub}.${period.slice(0, 4)}.csv.gz`);
  return lines
    .filter((line) => line.startsWith(period))
    .map((line) => {
      const [stamp = "", repeated, , lmp] = line.split(",");
      const wall = { day: stamp.slice(0, 10), time: stamp.slice(11), repeatedHour: repeated === "True" };
      return { scedAt: wallToInstant(wall), lmpUsdPerMwh: Number(lmp) };
    })
    .toSorted((a, b) => secondsBetween(b.scedAt, a.scedAt));
}

function quartersOf(dataDir: string, period: string): QuarterPrice[] {
  const seen = new Set<string>();
  return linesOf(dataDir, `rt-spp-15min.HB_HOUSTON.${period.slice(0, 4)}.csv.gz`)
    .filter((line) => line.startsWith(period))
    .map((line) => {
      const [stamp = "", price] = line.split(",");
      // The repeated hour is printed interleaved: a stamp's second line is its second copy.
      const repeatedHour = seen.has(stamp);
      seen.add(stamp);
      const startAt = wallToInstant({ day: stamp.slice(0, 10), time: stamp.slice(11), repeatedHour });
      return { startAt, intervalKey: intervalKey(settlementInterval(startAt)), priceUsdPerMwh: Number(price) };
    })
    .toSorted((a, b) => secondsBetween(b.startAt, a.startAt));
}

/** Time-weighted LMP of a quarter hour; undefined where no run is in force at its start. Asked in rising order. */
function meansByQuarter(runs: readonly ScedRun[]): (startAt: Instant) => number | undefined {
  let from = 0;
  return (startAt) => {
    while (from + 1 < runs.length && (runs[from + 1] as ScedRun).scedAt <= startAt) from++;
    const parts = secondsInForce(startAt, runs.slice(from, from + 12));
    return parts.length === 0 ? undefined : parts.reduce((sum, one) => sum + one.lmpUsdPerMwh * one.seconds, 0) / 900;
  };
}

function linesOf(dataDir: string, file: string): string[] {
  return gunzipSync(readFileSync(join(dataDir, "ercot", "prices", file)))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(1);
}
