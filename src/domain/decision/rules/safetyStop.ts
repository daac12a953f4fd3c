import { off } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/**
 * A safety stop takes a cohort, or the whole site, off and holds it there until a person lets it start again. It breaks
 * whatever others demand, floors and reservations too: what that costs stands in the record. Only a cohort under human
 * hands is left as it is.
 */
export const safetyStop = {
  reason: "safety-stop",
  settlement: "UNAVAILABLE",
  bands: ({ input: { facts }, frames }) =>
    (facts.stops ?? []).flatMap((stop) =>
      frames
        .filter(({ cohort }) => stop.cohortId === undefined || stop.cohortId === cohort.cohortId)
        .map((frame) => ({ ...off(frame), from: stop.at, why: `safety stop of ${stop.actor}: ${stop.reason}` })),
    ),
  waitsFor: () => "It waits until somebody lets it start again.",
} as const satisfies Rule;
