import type { SiteFact } from "./siteFact.ts";

/** The site's meter: its registers go to the money, and a decision hears of its silence alone. */
export const siteMeter: SiteFact<never, object, object, object> & { readonly kind: "meter"; readonly isWatched: true } =
  {
    kind: "meter",
    scope: "site",
    called: "site meter",
    isWatched: true,
    messages: {},
    none: {},
    absorb: () => ({ patch: {}, relevant: false }),
    freeze: () => ({}),
    recovered: () => ({}),
    silence: { policy: "meter", holds: "modes" },
  };
