import type { Rule } from "./rule.ts";

/** The price: it demands nothing, its policy fills the ladder within the bands of the rules above. */
export const economic = {
  reason: "economic",
  settlement: "ECONOMIC",
  slaExclusion: "ECONOMIC",
  bands: () => [],
} as const satisfies Rule;
