import type { AdderOfRun } from "../market/readAdder.ts";
import type { Instant } from "../units/instant.ts";

/** The adder of a SCED run, and the market time at which it first reached the site. */
export type KnownAdder = AdderOfRun & { readonly knownAt: Instant };

/** Adders with one more, ascending by run; another value of a run replaces the known one. */
export function withAdder(runs: readonly KnownAdder[], one: KnownAdder): readonly KnownAdder[] {
  const same = runs.find(({ scedAt }) => scedAt === one.scedAt);
  if (same?.adderUsdPerMwh === one.adderUsdPerMwh) return runs;
  const before = runs.filter(({ scedAt }) => scedAt < one.scedAt);
  const after = runs.filter(({ scedAt }) => scedAt > one.scedAt);
  return [...before, one, ...after];
}
