import type { Rule } from "./rule.ts";

/** The price: it demands nothing, its policy fills the ladder within the bands of the rules above. */
export const economic = {
  reason: "economic",
  settlement: "ECONOMIC",
  slaExclusion: "ECONOMIC",
  bands: () => [],
  waitsFor: () => "It goes up once the price is below its threshold, or it is ordered to run.",
} as const satisfies Rule;
