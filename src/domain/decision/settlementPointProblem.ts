import type { SitePlan } from "./model.ts";
import { isSamePoint } from "../market/settlementPoint.ts";

/**
 * Why a site that has decided cannot go over to a plan's settlement point, for a person; undefined when it is the same
 * point and type. Its prices, settled days, statements and kept documents all go by that one point.
 */
export function settlementPointProblem(current: SitePlan, plan: SitePlan): string | undefined {
  if (isSamePoint(current, plan)) return undefined;
  const [before, after] = [current, plan].map((one) => `${one.settlementPoint} ${one.settlementPointType}`);
  return (
    `the settlement point of a site cannot change, ${before} to ${after}: its prices and settled days go by it. Run ` +
    `the new point as a site of its own, with another siteId, database and data folder, and settle this one to its ` +
    `last day`
  );
}
