import { isInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { OperatorOrder, SitePlan } from "./model.ts";

/**
 * Why an order given at `at` cannot be taken, for whoever gave it; undefined when it can: it has an actor and a reason,
 * begins and ends at instants, ends after `at`, and names cohorts of the site.
 */
export function orderProblem(plan: SitePlan, order: OperatorOrder, at: Instant): string | undefined {
  if (order.reason.trim() === "") return "an order needs a reason";
  if (order.actor.trim() === "") return "an order needs an authenticated actor";
  for (const moment of [order.from, order.until]) {
    if (!isInstant(moment)) return `"${moment}" is no moment; expected an instant such as 2026-08-18T22:05:11.000Z`;
  }
  if (order.until <= at) return `the order ends at ${order.until}, which is not after now (${at})`;
  const stranger = order.cohortIds?.find((cohortId) => !plan.cohorts.some((cohort) => cohort.cohortId === cohortId));
  return stranger === undefined ? undefined : `the site has no cohort "${stranger}"`;
}
