import type { KnownAdder } from "../inputs/knownAdders.ts";
import type { KnownRun } from "../inputs/knownRuns.ts";
import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { DecisionInput } from "./model.ts";

/** What one SCED run says of the price, adder included, $/MWh, and since when the site knows that. */
export interface RunPrice {
  readonly usdPerMwh: number;
  readonly knownAt: Instant;
}

/**
 * What each known run says of the price, for the question whether another one bears it out. Where the adder is read, a
 * run has its own; one whose adder is not known yet has the persisting one as far as the run before that bears it out,
 * so that one bad row of adders is never two runs. An inferred adder is the same for all.
 */
export function runPrices(input: DecisionInput, price: ExpectedIntervalPrice): readonly RunPrice[] {
  const adders = price.isAdderRead === true ? input.facts.scedAdders?.runs : undefined;
  return input.facts.scedRuns.map((run): RunPrice => {
    const known = runKnownAt(run);
    if (adders === undefined) return { usdPerMwh: run.lmpUsdPerMwh + price.adderUsdPerMwh, knownAt: known };
    const own = adders.find(({ scedAt }) => scedAt === run.scedAt);
    if (own === undefined) return { usdPerMwh: run.lmpUsdPerMwh + borneOut(adders, run.scedAt), knownAt: known };
    return { usdPerMwh: run.lmpUsdPerMwh + own.adderUsdPerMwh, knownAt: own.knownAt > known ? own.knownAt : known };
  });
}

/** When a run first reached the site; the run itself in records that do not say. */
export function runKnownAt(run: KnownRun): Instant {
  return run.knownAt ?? run.scedAt;
}

/** What the two runs before a moment both say: the smaller of their adders, and none where they differ in sign. */
function borneOut(adders: readonly KnownAdder[], at: Instant): number {
  const [before, last] = adders.filter(({ scedAt }) => scedAt <= at).slice(-2);
  if (before === undefined || last === undefined) return 0;
  const [a, b] = [before.adderUsdPerMwh, last.adderUsdPerMwh];
  if (a > 0 && b > 0) return Math.min(a, b);
  return a < 0 && b < 0 ? Math.max(a, b) : 0;
}
