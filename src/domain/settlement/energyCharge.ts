import { atUsdPerKwh, energyValue } from "../units/money.ts";
import type { CentsPerMwh, EnergyWh, ExactE8 } from "../units/money.ts";
import { ZERO, over, rational, times } from "../units/rational.ts";
import { SettlementError } from "./errors.ts";
import type { Contract, Supply } from "./model.ts";
import { blockQuarterHourWh } from "./supplyBlocks.ts";
import type { BlockSupply } from "./supplyBlocks.ts";
import { addersCost } from "./supplyCost.ts";

export interface ClientEnergy {
  readonly energyWh: EnergyWh;
  readonly curtailedWh: EnergyWh;
}

/**
 * What a client owes for energy in one interval, by charge code, exact 10⁻⁸ USD, due from the client positive.
 * Fixed rate: R·E. Pass-through: its slice of the blocks at their (mean) price, S·(E + ΔE − Q·h) for the rest as if it
 * had run (the curtailed part comes back as credit), adders and spread on metered energy.
 * @throws SettlementError when the contract promises more block than is in force.
 */
export function energyCharge(
  contract: Contract,
  supply: Supply,
  blocks: BlockSupply,
  price: CentsPerMwh,
  client: ClientEnergy,
): Readonly<Record<string, ExactE8>> {
  const terms = contract.energy;
  const used = rational(client.energyWh);
  if (terms.kind === "fixed-rate") return { "fixed-energy": atUsdPerKwh(terms.rateUsdPerKwh, used) };

  const slice = blockQuarterHourWh(
    terms.blockKw,
    `contract ${contract.contractId} version ${contract.version}: blockKw`,
  );
  if (slice.num > blocks.wh.num) {
    throw new SettlementError(
      `contract ${contract.contractId} version ${contract.version}: blockKw is ${terms.blockKw}, but the blocks in ` +
        `force give ${blocks.wh.num} Wh per interval (kW × 250); lower it or add the block`,
    );
  }
  return {
    block: slice.num === 0n ? ZERO : times(blocks.cost, over(slice, blocks.wh)),
    index: rational(energyValue(price, client.energyWh + client.curtailedWh - slice.num)),
    adders: addersCost(supply, used),
    spread: atUsdPerKwh(terms.spreadUsdPerKwh, used),
  };
}
