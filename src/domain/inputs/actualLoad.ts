import { addSeconds } from "../units/instant.ts";
import { type DeliveryHour, HOUR_SECONDS, hourKey } from "../market/deliveryHour.ts";
import type { LoadArea } from "../market/loadZones.ts";
import type { Provenance } from "../market/model.ts";
import type { ObservedFact } from "./marketFact.ts";

/** Load of an hour in the system or a weather zone, MW as published. */
export interface ActualLoadObservation extends Provenance {
  readonly kind: "actual-load";
  readonly hour: DeliveryHour;
  readonly area: LoadArea;
  readonly loadMw: string;
}

/** Load that ERCOT served, published the day after: kept for whoever judges peaks, no site is told. */
export const actualLoad: ObservedFact<ActualLoadObservation> = {
  kind: "actual-load",
  scope: "system",
  called: "actual load",
  comparedAs: "number",
  columns: ({ area, hour, loadMw }) => ({ point: area, pointType: "", key: hourKey(hour), value: loadMw }),
  saidAt: ({ hour }) => addSeconds(hour.startsAt, HOUR_SECONDS),
  place: ({ hour, area }) => `${hourKey(hour)} ${area}`,
  text: ({ loadMw }) => `${loadMw} MW`,
};
