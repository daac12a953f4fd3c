import type { Reason } from "../decision/model.ts";
import { allocate } from "../units/allocate.ts";
import { energyWh } from "../units/money.ts";
import type { EnergyWh } from "../units/money.ts";
import { ZERO, compare, plus, rational, rationalOfNumber, times } from "../units/rational.ts";
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
  const wattSeconds = new Map<Reason, Rational>();
  let ordered = ZERO;
  for (const span of client.spans) {
    const weight = times(rationalOfNumber(span.belowNormalW), rationalOfNumber(span.seconds));
    wattSeconds.set(span.reason, plus(wattSeconds.get(span.reason) ?? ZERO, weight));
    ordered = plus(ordered, weight);
  }
  if (compare(ordered, ZERO) === 0) return { totalWh: energyWh(0n), byReason: new Map() };

  const orderedWh = roundRational(times(ordered, rational(1n, 3600n)), "half-even");
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

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
