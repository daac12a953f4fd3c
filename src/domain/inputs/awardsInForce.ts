import { awardCode } from "../market/awardProducts.ts";
import { type ByProduct, CAPACITY_PRODUCTS, type CapacityProduct } from "../market/capacityProducts.ts";
import type { Instant } from "../units/instant.ts";
import type { HeldAward } from "./asAwards.ts";

/** What a site owes of ancillary services at an instant, MW. */
export interface OwedReserve {
  /** The awards that say so: of each resource, type and market one. */
  readonly awards: readonly HeldAward[];
  /** By service; one without an award is absent. */
  readonly mw: ByProduct<number>;
  /** What must be there to be dropped (U): everything but Reg-Down. */
  readonly upMw: number;
  /** By how much the load must still be able to rise (D): Reg-Down. */
  readonly downMw: number;
}

/** The market whose awards are the physical promise: SCED awards again every five minutes. */
const REAL_TIME = "RTM";
/** The one service whose megawatts are load that comes on. */
const DOWNWARD: CapacityProduct = "REGDN";

/**
 * What is owed at an instant: of each resource and type the real-time award that covers it, else what the day-ahead and
 * the supplemental market awarded. A day-ahead award is a financial position, and the physical promise only until a
 * real-time award speaks. Where two of one market cover it, the one that came last counts.
 */
export function awardsInForce(held: readonly HeldAward[], at: Instant): OwedReserve {
  const covering = held.filter(({ startsAt, endsAt }) => startsAt <= at && endsAt > at);
  const awards = [
    ...Map.groupBy(covering, ({ resource, asType }) => `${awardCode(asType)} ${resource}`).values(),
  ].flatMap((ofType) => {
    const markets = Map.groupBy(ofType, marketOf);
    const realTime = markets.get(REAL_TIME);
    return (realTime === undefined ? [...markets.values()] : [realTime]).map(newest);
  });
  const mw: Partial<Record<CapacityProduct, number>> = {};
  for (const { product, awardedMw } of awards) {
    const before = mw[product];
    mw[product] = before === undefined ? Number(awardedMw) : before + Number(awardedMw);
  }
  const sum = (products: readonly CapacityProduct[]): number =>
    products.reduce((total, product) => total + (mw[product] === undefined ? 0 : mw[product]), 0);
  const up = CAPACITY_PRODUCTS.map(({ product }) => product).filter((product) => product !== DOWNWARD);
  return { awards, mw, upMw: sum(up), downMw: sum([DOWNWARD]) };
}

function marketOf({ marketType }: HeldAward): string {
  return marketType === undefined ? "DAM" : marketType.toUpperCase();
}

function newest(awards: readonly HeldAward[]): HeldAward {
  return awards.reduce((last, one) => {
    if (one.receivedAt !== last.receivedAt) return one.receivedAt > last.receivedAt ? one : last;
    return one.startsAt > last.startsAt ? one : last;
  });
}
