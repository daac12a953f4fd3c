import type { SitePlan } from "./planModel.ts";

/** Ten years: longer than any plan. */
const NO_AGE_LIMIT_SECONDS = 315_360_000;

/**
 * A site's plan as it decides on what is foreseen: nothing known now grows too old, for whether a feed will fall silent
 * nobody knows, and no run stands alone, for one to come may be borne out by the next.
 */
export function withoutLimits(plan: SitePlan): SitePlan {
  const sources = Object.entries(plan.factSources ?? {}).map(
    ([kind, listed]) => [kind, listed.map((one) => ({ ...one, silentAfterSeconds: NO_AGE_LIMIT_SECONDS }))] as const,
  );
  return {
    ...plan,
    singleSourceMwMax: Number.MAX_SAFE_INTEGER,
    staleness: {
      scedPriceSeconds: NO_AGE_LIMIT_SECONDS,
      gridConditionSeconds: NO_AGE_LIMIT_SECONDS,
      hashpriceSeconds: NO_AGE_LIMIT_SECONDS,
    },
    ...(plan.factSources === undefined ? {} : { factSources: Object.fromEntries(sources) }),
  };
}
