import { addSeconds, isInstant } from "../units/instant.ts";
import { GRID_LEVEL_ID } from "../inputs/orders.ts";
import { TRIP_ID } from "../inputs/involuntaryTrip.ts";
import { inputProblem } from "../inputs/inputProblem.ts";
import type { SiteInput } from "../inputs/facts.ts";
import type { OperatorOrder } from "../inputs/orders.ts";
import type { SitePlan } from "./model.ts";

/** Longest reason of an order or release: it stands in every record while the order is in force. */
export const ORDER_REASON_CHARS_MAX = 500;
/** An order is for the coming days; what holds longer is a change of configuration. */
const HORIZON_SECONDS = 7 * 86_400;
const ORDERS_IN_FORCE_MAX = 50;

/**
 * Why an order cannot be taken, for whoever gave it; undefined when it can: it has an actor and a reason, begins and
 * ends at instants, ends after it was given and within seven days, and names cohorts of the site, which has room for it
 * beside those `inForce`. Takes whatever a sender may send: no value makes it throw.
 */
export function orderProblem(
  plan: SitePlan,
  input: Extract<SiteInput, { kind: "order" }>,
  inForce: readonly OperatorOrder[],
): string | undefined {
  const malformed = inputProblem(input);
  if (malformed !== undefined && !hasTexts(input)) return malformed;
  const { at, order } = input;
  if (order.reason.trim() === "") return "an order needs a reason";
  if (order.reason.length > ORDER_REASON_CHARS_MAX)
    return `the reason has ${order.reason.length} characters, at most ${ORDER_REASON_CHARS_MAX} are kept`;
  if ([GRID_LEVEL_ID, TRIP_ID].includes(order.orderId)) return `no order may have the id "${order.orderId}"`;
  if (order.actor.trim() === "") return "an order needs an authenticated actor";
  for (const moment of [order.from, order.until]) {
    if (!isInstant(moment)) return `"${moment}" is no moment; expected an instant such as 2026-08-18T22:05:11.000Z`;
  }
  if (order.action === "curtail" && (order.minKw ?? order.breakAtUsdPerMwh) !== undefined)
    return "a floor and its price belong to an order to run";
  if (order.action === "run" && order.demand !== undefined)
    return "a level or a reduction belongs to an order to curtail";
  if (order.breakAtUsdPerMwh !== undefined && order.minKw === undefined)
    return "a price that breaks a floor needs the floor, kW";
  if (order.until <= at) return `the order ends at ${order.until}, which is not after now (${at})`;
  if (malformed !== undefined) return malformed;
  if (order.until > addSeconds(at, HORIZON_SECONDS))
    return `the order ends at ${order.until}, more than 7 days after now (${at}); change the configuration instead`;
  const others = inForce.filter(({ orderId, until }) => orderId !== order.orderId && until > at);
  if (others.length >= ORDERS_IN_FORCE_MAX)
    return `${others.length} orders are in force, at most ${ORDERS_IN_FORCE_MAX} are kept; release some first`;
  const stranger = order.cohortIds?.find((cohortId) => !plan.cohorts.some((cohort) => cohort.cohortId === cohortId));
  return stranger === undefined ? undefined : `the site has no cohort "${stranger}"`;
}

/** Whether the parts that a person writes are texts, so that what is wrong can be said in a person's words. */
function hasTexts({ at, order }: Extract<SiteInput, { kind: "order" }>): boolean {
  if (typeof order !== "object" || order === null) return false;
  return [at, order.reason, order.actor, order.from, order.until].every((part) => typeof part === "string");
}
