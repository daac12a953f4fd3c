import { exactly } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/** A cohort under human hands stays where it is: no command is sent, nobody starts it before its lock is released. */
export const lockOut = {
  reason: "lock-out",
  settlement: "UNAVAILABLE",
  slaExclusion: "PLANNED_MAINTENANCE",
  bands: ({ frames, input }) =>
    frames
      .filter(({ cohort }) => cohort.lockedOut)
      .map((frame) => ({
        ...exactly(frame, frame.current),
        from: input.asOf,
        why: "under lock-out, no command is sent",
      })),
} as const satisfies Rule;
