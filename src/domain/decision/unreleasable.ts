import type { SiteInput } from "../inputs/facts.ts";
import { gridReleaseProblem } from "../inputs/gridTold.ts";
import { TRIP_ID, tripReleaseProblem } from "../inputs/involuntaryTrip.ts";
import { GRID_LEVEL_ID, ordersOnceTaken } from "../inputs/orders.ts";
import type { SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/**
 * Why what a person names cannot be released at a site, once inputs that wait are taken up; undefined when it can: an
 * order in force, the grid level that a silent feed has left standing, the hold after an involuntary trip.
 */
export function unreleasable(
  plan: SitePlan,
  state: SiteState,
  waiting: readonly SiteInput[],
  orderId: string,
): string | undefined {
  if (orderId === GRID_LEVEL_ID) return gridReleaseProblem(state, plan);
  if (orderId === TRIP_ID) return tripReleaseProblem(state);
  const isKnown = ordersOnceTaken(state.orders, waiting).some((order) => order.orderId === orderId);
  return isKnown ? undefined : `there is no order "${orderId}" in force`;
}
