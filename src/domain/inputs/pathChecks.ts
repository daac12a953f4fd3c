import { type Check, count, instant, isObject, usd } from "./checks.ts";

/** Steps of a look-ahead, and how far it reaches, seconds. */
const STEPS = 24;
const STEP_SECONDS_MAX = 7_200;

/** Prices of a day's hours in order, $/MWh: at most 25. */
export const hourlyUsd: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= 25 && value.every((one) => usd(one) === undefined)
    ? undefined
    : "prices of 1 to 25 hours";

/** Versions by start of the hour: of at most 25 hours, each a whole number. */
export const hourVersions: Check = (value) =>
  isObject(value) &&
  Object.keys(value).length <= 25 &&
  Object.entries(value).every(([startsAt, version]) => instant(startsAt) === undefined && count(version) === undefined)
    ? undefined
    : "versions by start of the hour, of at most 25";

/** Steps of a price path, each of whole seconds from its beginning and a price: at most 24 of at most two hours. */
export const pricedSteps: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= STEPS && value.every(isPricedStep)
    ? undefined
    : `a list of 1 to ${STEPS} steps, each seconds and a price`;

function isPricedStep(step: unknown): boolean {
  if (!Array.isArray(step) || step.length !== 2) return false;
  const [seconds, price] = step as readonly unknown[];
  return count(seconds) === undefined && (seconds as number) <= STEP_SECONDS_MAX && usd(price) === undefined;
}
