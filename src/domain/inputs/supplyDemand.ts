import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { ObservedFact } from "./marketFact.ts";

/** Supply and demand of the grid at a moment, MW. */
export interface SupplyDemandObservation extends Provenance {
  readonly kind: "supply-demand";
  readonly observedAt: Instant;
  readonly demandMw: number;
  /** Committed capacity. */
  readonly capacityMw?: number;
  /** Capacity that is available within some hours. */
  readonly availableMw?: number;
  /** The hour of the coming days that has the least room between available capacity and forecast demand. */
  readonly tightest?: { readonly endsAt: Instant; readonly roomMw: number };
}

/** Demand and capacity as the dashboard shows them, and the tightest hour that it forecasts. */
export const supplyDemand: ObservedFact<SupplyDemandObservation> = {
  kind: "supply-demand",
  scope: "system",
  called: "supply and demand",
  comparedAs: "text",
  columns: (observation) => ({ point: "", pointType: "", key: observation.observedAt, value: valueText(observation) }),
  saidAt: ({ observedAt }) => observedAt,
  place: ({ observedAt }) => observedAt,
  text: (observation) => `MW: ${valueText(observation)}`,
};

function valueText({ demandMw, capacityMw, availableMw, tightest }: SupplyDemandObservation): string {
  return [
    `demand ${demandMw}`,
    ...(capacityMw === undefined ? [] : [`capacity ${capacityMw}`]),
    ...(availableMw === undefined ? [] : [`available ${availableMw}`]),
    ...(tightest === undefined ? [] : [`least room ${tightest.roomMw} in the hour to ${tightest.endsAt}`]),
  ].join(", ");
}
