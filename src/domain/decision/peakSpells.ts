import type { PeakInterval } from "../market/peakPlan.ts";
import type { Instant } from "../units/instant.ts";
import { secondsBetween } from "../units/instant.ts";

/** What being off for coincident peaks costs a load. */
export interface PeakCost {
  /** What mining earns over what its power costs, $ a MWh. */
  readonly marginUsdPerMwh: number;
  /** What one restart loses, $ a MW. */
  readonly restartUsdPerMw: number;
}

/** Intervals that follow one another and in which a load is better off; sums are $ a MW. */
export interface PeakSpell {
  readonly from: Instant;
  readonly until: Instant;
  /** Chance that the peak is in it. */
  readonly probability: number;
  readonly valueUsdPerMw: number;
  /** Energy margin lost, and the restart where there is one to lose; absent where it is not known. */
  readonly costUsdPerMw?: number;
  /** The interval of it that is likeliest. */
  readonly likeliest: PeakInterval;
}

/**
 * When to be off for coincident peaks: runs of intervals each worth more than the energy margin that it loses, where
 * all of a run is worth the restart too. A load that is off already has no restart to lose in the run that has begun.
 * Below `leastProbability`, a share of 1, no interval is called; where the
 * cost is not known, every other is. Ballast's own rule.
 */
export function peakSpells(
  intervals: readonly PeakInterval[],
  cost: PeakCost | undefined,
  at: { readonly asOf: Instant; readonly isOff: boolean; readonly leastProbability: number },
): PeakSpell[] {
  const lostIn = ({ startsAt, endsAt }: PeakInterval, { marginUsdPerMwh }: PeakCost): number =>
    (Math.max(marginUsdPerMwh, 0) * secondsBetween(startsAt, endsAt)) / 3_600;
  const runs: PeakInterval[][] = [];
  for (const one of intervals) {
    if (one.probability < at.leastProbability) continue;
    if (cost !== undefined && one.valueUsdPerMw <= lostIn(one, cost)) continue;
    const run = runs.at(-1);
    if (run?.at(-1)?.endsAt === one.startsAt) run.push(one);
    else runs.push([one]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0] as PeakInterval, run.at(-1) as PeakInterval];
    const sum = (of: (one: PeakInterval) => number): number => run.reduce((all, one) => all + of(one), 0);
    const goesOn = at.isOff && first.startsAt <= at.asOf;
    const costUsdPerMw =
      cost === undefined ? undefined : sum((one) => lostIn(one, cost)) + (goesOn ? 0 : cost.restartUsdPerMw);
    const valueUsdPerMw = sum((one) => one.valueUsdPerMw);
    if (costUsdPerMw !== undefined && valueUsdPerMw <= costUsdPerMw) return [];
    return [
      {
        from: first.startsAt,
        until: last.endsAt,
        probability: sum((one) => one.probability),
        valueUsdPerMw,
        ...(costUsdPerMw === undefined ? {} : { costUsdPerMw }),
        likeliest: run.reduce((top, one) => (one.probability > top.probability ? one : top)),
      },
    ];
  });
}
