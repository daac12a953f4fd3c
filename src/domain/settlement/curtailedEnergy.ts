import type { Reason } from "../decision/model.ts";
import { allocate } from "../units/allocate.ts";
import { energyWh } from "../units/money.ts";
import type { EnergyWh } from "../units/money.ts";
import { ZERO, compare, plus, rational, rationalOfNumber, sum, times } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { roundRational } from "../units/rounding.ts";
import type { CurtailedSpan } from "./model.ts";

export interface CurtailedEnergy {
  readonly totalWh: EnergyWh;
  /** Each Wh under exactly one reason; sums to `totalWh`. */
  readonly byReason: ReadonlyMap<Reason, EnergyWh>;
}

/**
 * Curtailed energy ΔE of one client in one interval, Wh, and its split over reasons.
 * ΔE = min( max(baseline − metered, 0), Σ W below normal · seconds ÷ 3600 ). Without a curtailed span it is 0: a meter
 * a little under the baseline is noise, not curtailment; and a machine that drew less on its own is not paid beyond
 * what was ordered off. The ordered energy is rounded half-even to Wh. Reasons share ΔE by largest remainder with W ·
 * seconds as weights.
 * @throws UnitError when a span's power or seconds is not a finite number, or negative.
 */
export function curtailedEnergy(client: {
  readonly baselineWh: bigint;
  readonly energyWh: bigint;
  readonly spans: readonly CurtailedSpan[];
}): CurtailedEnergy {
  const { orderedWh, wattSeconds } = orderedOff(client.spans);
  if (compare(sum(wattSeconds.values()), ZERO) === 0) return { totalWh: energyWh(0n), byReason: new Map() };

  const shortfallWh = client.baselineWh - client.energyWh;
  const totalWh = lesser(shortfallWh > 0n ? shortfallWh : 0n, orderedWh);
  const shares = allocate(
    totalWh,
    [...wattSeconds].map(([reason, weight]) => ({ id: reason, weight })),
  );
  const byReason = new Map<Reason, EnergyWh>();
  for (const { id, amount } of shares) if (amount > 0n) byReason.set(id as Reason, energyWh(amount));
  return { totalWh: energyWh(totalWh), byReason };
}

export interface OrderedOff {
  /** Σ W below normal · seconds ÷ 3600, rounded half-even. */
  readonly orderedWh: EnergyWh;
  /** W · seconds by reason: the weights by which reasons share ΔE. */
  readonly wattSeconds: ReadonlyMap<Reason, Rational>;
}

/**
 * Energy that one client's curtailed spans of one interval order off, Wh: what caps its curtailed energy.
 * @throws UnitError when a span's power or seconds is not a finite number.
 */
export function orderedOff(spans: readonly CurtailedSpan[]): OrderedOff {
  const wattSeconds = new Map<Reason, Rational>();
  for (const { reason, belowNormalW, seconds } of spans) {
    const weight = times(rationalOfNumber(belowNormalW), rationalOfNumber(seconds));
    wattSeconds.set(reason, plus(wattSeconds.get(reason) ?? ZERO, weight));
  }
  const wattHours = times(sum(wattSeconds.values()), rational(1n, 3600n));
  return { orderedWh: energyWh(roundRational(wattHours, "half-even")), wattSeconds };
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
