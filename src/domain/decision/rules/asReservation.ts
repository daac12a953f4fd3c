import { awardDoubts } from "../../inputs/awardDoubts.ts";
import { isEmergency } from "../../market/gridLevels.ts";
import { type Instant, secondsBetween } from "../../units/instant.ts";
import { fixed, unrounded } from "../../units/numberText.ts";
import type { Bound, RuleSite } from "../band.ts";
import type { ReservePlan } from "../reservePlan.ts";
import { type Owed, type OwedProduct, reserveOwed } from "../reserveOwed.ts";
import { siteKw } from "../siteKw.ts";
import type { Rule } from "./rule.ts";

/**
 * Reserve that is awarded must be there to be dropped: the site takes at least its low power consumption and what is
 * sold upwards, less what deployments have called off (P ≥ LPC + ΣU); and at most what leaves it room to rise by what
 * is sold downwards (P ≤ MPC − D). A step that only an award keeps on is bought back where the price is above its
 * strike, the service's clearing price and the penalty together. Of several services the cheapest is bought back first,
 * for SCED leaves a resource that can give less the dearest. None is without a current clearing price, nor in an
 * emergency that ERCOT has declared, which starts nothing for it either. ERCOT Nodal Protocols after RTC+B.
 */
export const asReservation = {
  reason: "as-reservation",
  settlement: "AS_RESERVATION",
  bands: (site) => {
    const { plan, input } = site;
    const owed = reserveOwed(plan, input);
    return plan.reserve === undefined || owed === undefined ? [] : bounds(site, plan.reserve, owed);
  },
  waitsFor: () => "It waits until the award of Reg-Down ends.",
} as const satisfies Rule;

/** One service that is still owed upwards, with what buying it back takes. */
interface Layer {
  readonly product: OwedProduct["product"];
  readonly kw: number;
  readonly usdPerMwh?: number;
  readonly premiumUsdPerMwh?: number;
  readonly startsNothing?: true;
}

function bounds(site: RuleSite, reserve: ReservePlan, owed: Owed): Bound[] {
  const { plan, frames, input } = site;
  const from = input.asOf;
  const why = whyOf(reserve, owed, from);
  const layers = owed.up
    .map((one) => layerOf(site, reserve, one))
    .filter(({ kw }) => kw > 0)
    .toSorted(dearestFirst);
  const offKw = siteKw(
    plan,
    frames,
    frames.map(() => 0),
  );
  let minKw = reserve.lowPowerKw === undefined ? offKw : Math.max(reserve.lowPowerKw, offKw);
  const floors = layers.map(({ product, kw, ...terms }): Bound => {
    minKw += kw;
    const text = `${why(product)}, ${buyBackText(terms)}`;
    return { minKw, reserve: { ofKw: kw, ...terms }, from, why: text };
  });
  if (owed.downKw <= 0) return floors;
  const topKw = siteKw(
    plan,
    frames,
    frames.map(({ top }) => top),
  );
  const usdPerMwh = clearingPrice(site, "REGDN");
  const terms = { ofKw: owed.downKw, ...(usdPerMwh === undefined ? {} : { usdPerMwh }) };
  return [...floors, { maxKw: topKw - owed.downKw, reserve: terms, from, why: `${why("REGDN")}, to be able to rise` }];
}

function layerOf(site: RuleSite, { penaltyUsdPerMwh }: ReservePlan, owed: OwedProduct): Layer {
  const { product, awardedKw, deployedKw } = owed;
  const kw = awardedKw - deployedKw;
  const usdPerMwh = clearingPrice(site, product);
  const priced = usdPerMwh === undefined ? {} : { usdPerMwh };
  const { grid } = site.input.facts;
  if (isEmergency(grid.level) && grid.released === undefined) return { product, kw, ...priced, startsNothing: true };
  const premium = usdPerMwh === undefined ? {} : { premiumUsdPerMwh: usdPerMwh + penaltyUsdPerMwh };
  return { product, kw, ...priced, ...premium };
}

/** Clearing prices ride with the next SCED price: they may be a run older than that. */
const RUN_SECONDS = 300;

/** Of the newest SCED run that is known. */
function clearingPrice({ plan, input }: RuleSite, product: OwedProduct["product"]): number | undefined {
  const { scedMcpc } = input.facts;
  const limitSeconds = plan.staleness.scedPriceSeconds + RUN_SECONDS;
  const isOld = scedMcpc === undefined || secondsBetween(scedMcpc.scedAt, input.asOf) > limitSeconds;
  return isOld ? undefined : scedMcpc.usdPerMwHour[product];
}

/** What is never bought back is kept longest. */
function dearestFirst({ premiumUsdPerMwh: one }: Layer, { premiumUsdPerMwh: other }: Layer): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
  return other - one;
}

/** `the award of 0.2 MW ECRS`, with what speaks against it. */
function whyOf(reserve: ReservePlan, { awards, up, downKw }: Owed, at: Instant): (product: string) => string {
  return (product) => {
    const one = up.find((each) => each.product === product);
    const mw = (one === undefined ? downKw : one.awardedKw) / 1000;
    const ofIt = awards.filter((award) => award.product === product);
    const doubts = [...new Set(ofIt.flatMap((award) => awardDoubts(award, reserve, at)))];
    const though = doubts.length === 0 ? "" : ` (${doubts.join(", ")})`;
    return `the award of ${unrounded(Math.round(mw * 1e6) / 1e6, 1)} MW ${product}${though}`;
  };
}

function buyBackText({ premiumUsdPerMwh, startsNothing }: Pick<Layer, "premiumUsdPerMwh" | "startsNothing">): string {
  if (startsNothing === true) return "not bought back and nothing started for it in an emergency";
  if (premiumUsdPerMwh === undefined) return "not bought back without a current clearing price";
  return `bought back from ${fixed(premiumUsdPerMwh, 2)} $/MWh above a step's threshold`;
}
