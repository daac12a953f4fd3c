import { AS_CAPACITIES, type AsCapacityMw } from "../market/asCapacities.ts";
import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { ObservedFact } from "./marketFact.ts";

/** What ERCOT's ancillary service capacity monitor says at a moment. */
export interface AsCapacityObservation extends Provenance {
  readonly kind: "as-capacity";
  readonly observedAt: Instant;
  /** MW by ERCOT's own key; one that the page does not show is absent. */
  readonly capacityMw: AsCapacityMw;
}

/** Capability and awards of loads by ancillary service, and PRC, as the monitor shows them. */
export const asCapacity: ObservedFact<AsCapacityObservation> = {
  kind: "as-capacity",
  scope: "system",
  called: "ancillary service capacity",
  comparedAs: "text",
  columns: ({ observedAt, capacityMw }) => ({
    point: "",
    pointType: "",
    key: observedAt,
    value: valueText(capacityMw),
  }),
  saidAt: ({ observedAt }) => observedAt,
  place: ({ observedAt }) => observedAt,
  text: ({ capacityMw }) => {
    const { ecrsCapDeployedGenLr: deployed } = capacityMw;
    const ecrs = deployed !== undefined && deployed > 0 ? "ECRS is manually deployed; " : "";
    return `${ecrs}MW: ${valueText(capacityMw)}`;
  },
};

function valueText(capacityMw: AsCapacityMw): string {
  return AS_CAPACITIES.flatMap(({ key }) => (capacityMw[key] === undefined ? [] : [`${key} ${capacityMw[key]}`])).join(
    ", ",
  );
}
