import type { Instant } from "../units/instant.ts";
import type { Claim } from "./claim.ts";
import type { OperatorOrder } from "./model.ts";

/**
 * The operator order in force for a cohort at `asOf`; of several the one accepted last. `run` asks for the normal mode
 * and overrides price and silence, never an instruction or the EEA policy above it.
 */
export function orderClaim(
  orders: readonly OperatorOrder[],
  cohortId: string,
  normalIndex: number,
  asOf: Instant,
): Claim | undefined {
  const active = orders.findLast(
    (order) => order.from <= asOf && order.until > asOf && (order.cohortIds?.includes(cohortId) ?? true),
  );
  if (active === undefined) return undefined;
  const index = active.action === "curtail" ? 0 : normalIndex;
  const why = `order ${active.orderId} of ${active.actor} to ${active.action}: ${active.reason}`;
  return { reason: "operator-order", bound: "exactly", index, why };
}
