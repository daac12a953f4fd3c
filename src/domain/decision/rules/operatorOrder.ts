import { isInForce } from "../band.ts";
import type { RuleSite } from "../band.ts";
import { demandText } from "../../inputs/demand.ts";
import { kwText } from "../../units/numberText.ts";
import type { OperatorOrder } from "../../inputs/orders.ts";
import { demandBounds } from "./demandBounds.ts";
import { exactly } from "./exactly.ts";
import type { Bound } from "../band.ts";
import type { Rule } from "./rule.ts";

/**
 * Operator orders; of several for a cohort the one accepted last, but a floor and a ceiling stand beside each other.
 * `run` asks for the normal mode, or for a floor in kW, and overrides price and silence, never an instruction or the
 * EEA policy above it.
 */
export const operatorOrder = {
  reason: "operator-order",
  settlement: "ECONOMIC",
  slaExclusion: "ECONOMIC",
  bands: (site) => {
    const { asOf } = site.input;
    const latestFirst = site.input.facts.orders.toReversed().flatMap((order) => orderBounds(site, order));
    return latestFirst.filter((bound, i) => !latestFirst.slice(0, i).some((later) => overrides(later, bound, asOf)));
  },
  waitsFor: (cohortId, { asOf, facts: { orders } }, when) => {
    const isItsOwn = ({ from, until, cohortIds }: OperatorOrder): boolean =>
      from <= asOf && until > asOf && (cohortIds?.includes(cohortId) ?? true);
    const ends = orders.findLast(isItsOwn)?.until;
    return ends && `It waits until that order ends at ${when(ends)}, or is released.`;
  },
} as const satisfies Rule;

function orderBounds(site: RuleSite, order: OperatorOrder): Bound[] {
  const { from, until, breakAtUsdPerMwh } = order;
  const asked =
    order.minKw === undefined ? demandText(order.demand ?? { kind: "off" }) : ` at least ${kwText(order.minKw)}`;
  const why = `order ${order.orderId} of ${order.actor} to ${order.action}${asked}: ${order.reason}`;
  const dated = { from, until, why };
  if (order.action === "curtail")
    return demandBounds(site, order.demand, order.cohortIds).map((bound) => ({ ...bound, ...dated }));
  const named = site.frames.filter(({ cohort }) => order.cohortIds?.includes(cohort.cohortId) ?? true);
  if (order.minKw === undefined) return named.map((frame) => ({ ...exactly(frame, frame.normal), ...dated }));
  const floor = { minKw: order.minKw, ...(breakAtUsdPerMwh === undefined ? {} : { breakAtUsdPerMwh }), ...dated };
  return order.cohortIds === undefined ? [floor] : named.map(({ cohort: { cohortId } }) => ({ cohortId, ...floor }));
}

/**
 * Whether a later order takes the place of an earlier one: in force, of the same cohort or of the site. A floor and a
 * ceiling say different things: both stand, and the later goes first where they do not fit.
 */
function overrides(later: Bound, bound: Bound, asOf: Bound["from"]): boolean {
  const isOtherWay = isFloor(later) ? isCeiling(bound) : isCeiling(later) && isFloor(bound);
  return later.cohortId === bound.cohortId && !isOtherWay && isInForce(later, asOf) && isInForce(bound, asOf);
}

function isFloor({ maxKw }: Bound): boolean {
  return maxKw === undefined;
}

function isCeiling({ minKw }: Bound): boolean {
  return minKw === undefined;
}
