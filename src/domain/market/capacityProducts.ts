import type { OperatingDay } from "./model.ts";
import { MarketRowError } from "./normalizeField.ts";

/**
 * ERCOT's ancillary services with a clearing price for capacity, by the type codes of the price reports NP4-188,
 * NP6-331, NP6-332 and NP4-197-M. One price holds for every kind of a service: awards split RRS, ECRS and
 * Non-Spin further. ECRS is cleared from operating day 2023-06-10 on; days before have four.
 */
export const CAPACITY_PRODUCTS = [
  { product: "REGUP", called: "Reg-Up" },
  { product: "REGDN", called: "Reg-Down" },
  { product: "RRS", called: "RRS" },
  { product: "ECRS", called: "ECRS", from: "2023-06-10" },
  { product: "NSPIN", called: "Non-Spin" },
] as const satisfies readonly { readonly product: string; readonly called: string; readonly from?: OperatingDay }[];

/** A service by its code. */
export type CapacityProduct = (typeof CAPACITY_PRODUCTS)[number]["product"];

/** A value a service; one that is not known is absent, never 0. */
export type ByProduct<Value> = Readonly<Partial<Record<CapacityProduct, Value>>>;

/** The services that are cleared for an operating day. */
export function productsOf(day: OperatingDay): readonly CapacityProduct[] {
  return CAPACITY_PRODUCTS.filter((one) => !("from" in one) || one.from <= day).map(({ product }) => product);
}

/**
 * The service that a price report's type code names, whatever its case. @throws MarketRowError for a code that names no
 * service cleared for that day: the price of an unknown service is nobody's to guess.
 */
export function normalizeProduct(column: string, code: string, day: OperatingDay): CapacityProduct {
  const known = productsOf(day);
  const product = known.find((one) => one === code.trim().toUpperCase());
  if (product === undefined) throw new MarketRowError(column, code, `one of ${known.join(", ")}`);
  return product;
}

/** The services of a day that have no value among these. */
export function missingProducts(day: OperatingDay, values: ByProduct<unknown>): readonly CapacityProduct[] {
  return productsOf(day).filter((product) => values[product] === undefined);
}
