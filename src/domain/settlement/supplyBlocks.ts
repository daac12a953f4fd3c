import type { OperatingDay } from "../market/model.ts";
import { covers } from "../units/effectiveDates.ts";
import { atUsdPerMwh, quarterHourWh } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import { ZERO, plus, rationalOfNumber } from "../units/rational.ts";
import type { Rational } from "../units/rational.ts";
import { SettlementError } from "./errors.ts";
import type { Supply, SupplyBlock } from "./supply.ts";

/** The blocks in force together, for one 15-minute interval. */
export interface BlockSupply {
  readonly blocks: readonly SupplyBlock[];
  /** Σ Q·h, Wh. */
  readonly wh: Rational;
  /** Σ P·Q·h, 10⁻⁸ USD. */
  readonly cost: ExactE8;
}

/**
 * Blocks in force on an operating day and what they supply and cost in one interval.
 * @throws SettlementError for a block without resale: unused energy of it has no settlement-price value, which this
 * settlement cannot
 *   split, and for a quantity that is no whole Wh per interval (a multiple of 4 W).
 */
export function supplyBlocks(supply: Supply, day: OperatingDay): BlockSupply {
  const blocks = supply.blocks.filter((block) => covers(block, day));
  let wh = ZERO;
  let cost = ZERO;
  for (const block of blocks) {
    if (!block.resale) {
      throw new SettlementError(
        `supply block ${block.blockId}: resale is false; only blocks whose unused energy is sold at the settlement ` +
          `price can be settled`,
      );
    }
    const blockWh = blockQuarterHourWh(block.quantityKw, `supply block ${block.blockId}: quantityKw`);
    wh = plus(wh, blockWh);
    cost = plus(cost, atUsdPerMwh(block.priceUsdPerMwh, blockWh));
  }
  return { blocks, wh, cost };
}

/** Energy of `kw` in one interval, whole Wh. @throws SettlementError otherwise, naming `what`. */
export function blockQuarterHourWh(kw: number, what: string): Rational {
  const wh = quarterHourWh(rationalOfNumber(kw));
  if (wh.den !== 1n || wh.num < 0n)
    throw new SettlementError(
      `${what} is ${kw}; expected 0 or more in steps of 0.004 kW, so that an interval holds whole Wh`,
    );
  return wh;
}
