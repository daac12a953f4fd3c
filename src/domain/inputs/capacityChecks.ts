import { CAPACITY_PRODUCTS } from "../market/capacityProducts.ts";
import { type Check, isObject, usd } from "./checks.ts";

const CODES: readonly string[] = CAPACITY_PRODUCTS.map(({ product }) => product);

/** Prices by service, each of which the check takes: no other key, and not none. */
function byProduct(check: Check, expected: string): Check {
  return (value) => {
    if (!isObject(value)) return expected;
    const codes = Object.keys(value);
    const fits = codes.every((code) => CODES.includes(code) && check(value[code]) === undefined);
    return fits && codes.length > 0 ? undefined : expected;
  };
}

const hourly: Check = (value) =>
  Array.isArray(value) && value.length <= 25 && value.every((one) => one === null || usd(one) === undefined)
    ? undefined
    : "prices by hour";

/** A price a service. */
export const capacityPrices = byProduct(usd, `prices by service (${CODES.join(", ")}), each a number`);
/** Prices of a day's hours a service; null for an hour without. */
export const capacityHours = byProduct(hourly, `prices by service (${CODES.join(", ")}), each of at most 25 hours`);
