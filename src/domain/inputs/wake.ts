import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** A moment has come at which the site looks again. */
export interface WakeInput extends Told {
  readonly kind: "wake";
}

/** The passing of time: it brings nothing but a decision. */
export const wake: SiteFact<WakeInput, object, object, object> = {
  kind: "wake",
  scope: "site",
  called: "wakes",
  messages: { wake: {} },
  none: {},
  absorb: () => ({ patch: {}, relevant: true }),
  freeze: () => ({}),
  recovered: () => ({}),
};
