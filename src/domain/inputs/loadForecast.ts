import { type DeliveryHour, hourKey } from "../market/deliveryHour.ts";
import { LOAD_AREAS, type LoadByArea } from "../market/loadZones.ts";
import type { Provenance } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type { ObservedFact } from "./marketFact.ts";

/** ERCOT's load forecast of the next days as it was posted at a moment: hour by hour, by the model in use. */
export interface LoadForecastObservation extends Provenance {
  readonly kind: "load-forecast";
  readonly postedAt: Instant;
  readonly hours: readonly { readonly hour: DeliveryHour; readonly model: string; readonly loadMw: LoadByArea }[];
}

/** A forecast is one value: the next one says every hour anew. Kept, no site is told. */
export const loadForecast: ObservedFact<LoadForecastObservation> = {
  kind: "load-forecast",
  scope: "system",
  called: "load forecast",
  comparedAs: "text",
  columns: ({ postedAt, hours }) => ({
    point: "",
    pointType: "",
    key: postedAt,
    value: [
      ["hour", "model", ...LOAD_AREAS].join(","),
      ...hours.map(({ hour, model, loadMw }) =>
        [hourKey(hour), model, ...LOAD_AREAS.map((area) => loadMw[area])].join(","),
      ),
    ].join("\n"),
  }),
  saidAt: ({ postedAt }) => postedAt,
  place: ({ postedAt }) => postedAt,
  text: ({ hours }) => `load of ${hours.length} hours`,
};
