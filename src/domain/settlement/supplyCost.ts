import { atUsdPerMwh, energyValue, energyWh, postable } from "../units/money.ts";
import type { CentsPerMwh, EnergyWh, ExactE8, UsdE8 } from "../units/money.ts";
import { rational, sum } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import type { Supply } from "./supply.ts";
import type { BlockSupply } from "./supplyBlocks.ts";

/** What one interval's supply costs the host, 10⁻⁸ USD; credits negative. */
export interface SupplyCost {
  /** Σ P·Q·h. */
  readonly blockE8: UsdE8;
  /** S·(L + ΔE − Q·h): bought beyond the block, or sold back, as if nothing had been curtailed. */
  readonly indexE8: UsdE8;
  readonly addersE8: UsdE8;
}

/**
 * Site supply for one interval, block with resale: P·Q·h + S·(L − Q·h) + adders·L, with load L in MWh. The index part
 * is booked as if the curtailed energy ΔE had been used, because its value S·ΔE is booked on its own as curtailment
 * credit; together they give S·(L − Q·h).
 */
export function supplyCost(
  supply: Supply,
  blocks: BlockSupply,
  price: CentsPerMwh,
  siteWh: EnergyWh,
  curtailedWh: EnergyWh,
): SupplyCost {
  return {
    blockE8: postable(blocks.cost),
    indexE8: energyValue(price, siteWh + curtailedWh - blocks.wh.num),
    addersE8: postable(addersCost(supply, rational(energyWh(siteWh)))),
  };
}

/** Volumetric adders on metered energy, exact. */
export function addersCost(supply: Supply, wh: Rational): ExactE8 {
  return sum(supply.adders.map((adder) => atUsdPerMwh(adder.usdPerMwh, wh)));
}
