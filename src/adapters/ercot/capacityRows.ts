import {
  type ByProduct,
  type CapacityProduct,
  missingProducts,
  normalizeProduct,
} from "../../domain/market/capacityProducts.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { sameDecimal } from "../../domain/units/decimal.ts";
import { PortDataError } from "../../ports/errors.ts";
import { atRow } from "./reportCsv.ts";

/** Column of the service's code, by the names that it has had. */
export const PRODUCT_COLUMN = ["ASType", "AncillaryType"];

/** A clearing price as its row says it. */
export interface CapacityRow<About> {
  readonly line: number;
  /** Code of the service, as published. */
  readonly product: string;
  /** What the price is about, and its key. */
  readonly about: About;
  readonly key: string;
  readonly operatingDay: OperatingDay;
  readonly priceUsdPerMwHour: string;
}

/** The clearing price of one service. */
export interface CapacityPrice<About> extends Omit<CapacityRow<About>, "product"> {
  readonly product: CapacityProduct;
}

/**
 * The clearing prices of the rows of NP4-188, NP6-331 or NP6-332: whatever a row is about has one price of each service
 * that is cleared for its day. A service that is not known, and one that lacks, refuse the document: a price of nothing
 * is no revenue of zero.
 * @throws PortDataError naming the line, or what lacks
 */
export function capacityPrices<About>(rows: readonly CapacityRow<About>[], where: string): CapacityPrice<About>[] {
  if (rows.length === 0) throw new PortDataError(`${where}: expected clearing prices for capacity, found no row`);
  const prices = rows.map((row) => ({
    ...row,
    product: atRow(where, row.line, () => normalizeProduct("ASType", row.product, row.operatingDay)),
  }));
  return [...Map.groupBy(prices, ({ key }) => key)].flatMap(([key, own]) => complete(own, key, where));
}

/** One price a service. @throws PortDataError for two that differ, and for a service without */
function complete<About>(own: readonly CapacityPrice<About>[], key: string, where: string): CapacityPrice<About>[] {
  const known: Partial<Record<CapacityProduct, CapacityPrice<About>>> = {};
  for (const one of own) {
    const before = known[one.product];
    if (before !== undefined && !sameDecimal(before.priceUsdPerMwHour, one.priceUsdPerMwHour)) {
      throw new PortDataError(
        `${where}: line ${one.line}: ${one.product} has two clearing prices for ${key}: ${before.priceUsdPerMwHour} ` +
          `and ${one.priceUsdPerMwHour}`,
      );
    }
    known[one.product] = one;
  }
  const lacking = missingProducts((own[0] as CapacityPrice<About>).operatingDay, known as ByProduct<unknown>);
  if (lacking.length > 0)
    throw new PortDataError(`${where}: expected a clearing price of ${lacking.join(", ")} for ${key}, found none`);
  return Object.values(known);
}
