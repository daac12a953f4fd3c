import type { ExpectedIntervalPrice } from "../market/model.ts";
import type { ReserveTerms } from "./band.ts";
import type { Draft } from "./draft.ts";
import type { DecisionInput, SitePlan } from "./model.ts";
import { policyOf } from "./policies/index.ts";
import { runPrices } from "./runPrices.ts";

/**
 * How far up a floor of reserve keeps a cohort on, a position a draft: each step gives way to a price that is above its
 * own strike by more than the premium, by the site's policy and from where the cohort is. So a step that carries an
 * award has strike + clearing price + penalty. What runs is let go only as far as a second SCED run lies on that side;
 * what a hold time keeps on counts as kept. All of it without a premium, a price or a
 * hashprice; no more than runs where it starts nothing.
 */
export function keptByReserve(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice | undefined,
  drafts: readonly Draft[],
  { premiumUsdPerMwh, startsNothing }: ReserveTerms,
): readonly number[] {
  if (startsNothing === true) return drafts.map(({ frame }) => frame.current);
  if (price === undefined || premiumUsdPerMwh === undefined) return drafts.map(({ frame }) => frame.top);
  const policy = policyOf(plan.economic.kind);
  const second = runPrices(input, price)
    .map(({ usdPerMwh }) => usdPerMwh)
    .toSorted((a, b) => b - a)[1];
  return drafts.map(({ frame, comparisons, wish, goes }) => {
    if (wish === undefined || goes === undefined) return frame.top;
    const { able, current } = frame;
    const kept = (usdPerMwh: number): number => policy.wish(comparisons, able, current, usdPerMwh - premiumUsdPerMwh);
    const by = kept(price.expectedUsdPerMwh);
    const borneOut =
      by >= current ? by : Math.max(by, second === undefined ? current : Math.min(current, kept(second)));
    return Math.max(borneOut, goes);
  });
}
