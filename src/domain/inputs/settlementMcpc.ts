import { intervalEnd, intervalKey } from "../market/calendar.ts";
import type { CapacityProduct } from "../market/capacityProducts.ts";
import type { Provenance, SettlementInterval } from "../market/model.ts";
import type { ObservedFact } from "./marketFact.ts";

/** Clearing price for capacity of one service in a quarter hour, $/MW for an hour as published: what is settled at. */
export interface SettlementMcpcObservation extends Provenance {
  readonly kind: "settlement-mcpc";
  readonly interval: SettlementInterval;
  readonly product: CapacityProduct;
  readonly priceUsdPerMwHour: string;
}

/** Real-time clearing prices for capacity of a quarter hour that has ended: kept for settlement, no site is told. */
export const settlementMcpc: ObservedFact<SettlementMcpcObservation> = {
  kind: "settlement-mcpc",
  scope: "system",
  called: "settlement capacity price",
  comparedAs: "number",
  columns: ({ interval, product, priceUsdPerMwHour }) => ({
    point: product,
    pointType: "",
    key: intervalKey(interval),
    value: priceUsdPerMwHour,
  }),
  restated: (observation, value) => ({ ...observation, priceUsdPerMwHour: value }),
  saidAt: ({ interval }) => intervalEnd(interval),
  place: ({ interval, product }) => `${intervalKey(interval)} ${product}`,
  text: ({ priceUsdPerMwHour }) => `${priceUsdPerMwHour} $/MW`,
};
