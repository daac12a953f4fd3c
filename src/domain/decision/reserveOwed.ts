import { type OwedReserve, awardsInForce } from "../inputs/awardsInForce.ts";
import type { GridInstruction } from "../inputs/gridInstruction.ts";
import { awardProduct } from "../market/awardProducts.ts";
import { CAPACITY_PRODUCTS, type CapacityProduct } from "../market/capacityProducts.ts";
import { isInForce } from "./band.ts";
import type { DecisionInputOf as DecisionInput } from "./inputModel.ts";
import type { SitePlan } from "./planModel.ts";

/** What a site owes of one service now, kW at the site meter. */
export interface OwedProduct {
  readonly product: CapacityProduct;
  readonly awardedKw: number;
  /** What its deployments have called off: that much need not be there to be dropped, for it was. */
  readonly deployedKw: number;
}

/** Up-reserve by service in the order of the list, and what load must still be able to rise by (Reg-Down), kW. */
export interface Owed extends Pick<OwedReserve, "awards"> {
  readonly up: readonly OwedProduct[];
  readonly downKw: number;
}

/** What a site owes of ancillary services at the moment of an input; undefined where it sells or owes none. */
export function reserveOwed(
  { reserve }: Pick<SitePlan, "reserve">,
  { asOf, facts }: Pick<DecisionInput, "asOf" | "facts">,
): Owed | undefined {
  if (reserve === undefined || facts.asAwards === undefined) return undefined;
  const { awards, mw, downMw } = awardsInForce(facts.asAwards, asOf);
  const up = CAPACITY_PRODUCTS.flatMap(({ product }): OwedProduct[] => {
    const awarded = mw[product];
    if (awarded === undefined || product === DOWNWARD) return [];
    const awardedKw = awarded * 1000;
    const called = facts.instructions.filter((one) => isOf(one, product) && isInForce(one, asOf)).map(calledKw);
    return [{ product, awardedKw, deployedKw: Math.min(sumOf(called), awardedKw) }];
  });
  return { awards, up, downKw: downMw * 1000 };
}

/**
 * Whether an instruction deploys reserve: of a site that sells some, one whose product is a kind of it. ERS is none,
 * and has no award.
 */
export function isDeployment({ reserve }: Pick<SitePlan, "reserve">, { product }: GridInstruction): boolean {
  return reserve !== undefined && product !== undefined && awardProduct(product) !== undefined;
}

/** Its megawatts are load that comes on. */
const DOWNWARD: CapacityProduct = "REGDN";

function isOf({ product }: GridInstruction, one: CapacityProduct): boolean {
  return product !== undefined && awardProduct(product) === one;
}

/** What an instruction takes off the load that it found; everything where nobody noted that. */
function calledKw({ demand, loadKw }: GridInstruction): number {
  if (demand?.kind === "reduce") return demand.kw;
  if (loadKw === undefined) return Number.POSITIVE_INFINITY;
  return demand?.kind === "target" ? Math.max(0, loadKw - demand.kw) : loadKw;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
