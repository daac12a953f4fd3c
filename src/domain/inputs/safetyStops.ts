import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { name, optional } from "./checks.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** A person stops a cohort, or the whole site, for safety, or lets it start again. */
export interface StopInput extends Told {
  readonly kind: "stop" | "stop-over";
  /** Every cohort when absent. */
  readonly cohortId?: CohortId;
  readonly actor: string;
  readonly reason: string;
}

/** A safety stop in force: machines are off until somebody lets them start again. */
export interface SafetyStop {
  /** Every cohort when absent. */
  readonly cohortId?: CohortId;
  readonly actor: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Stops in force; absent before the first. */
export interface KnownStops {
  readonly stops?: readonly SafetyStop[];
}

/** Who stopped what for safety: its records say so while a stop stands, so a site that comes back has it still. */
export const safetyStops: SiteFact<StopInput, KnownStops, KnownStops, KnownStops> = {
  kind: "stop",
  scope: "site",
  called: "safety stops",
  isAsked: true,
  messages: {
    stop: { cohortId: optional(name), actor: name, reason: name },
    "stop-over": { cohortId: optional(name), actor: name, reason: name },
  },
  none: {},
  absorb: ({ stops = [] }, input) => ({
    patch: { stops: stopsAfter(stops, input) },
    relevant: true,
    // Said again, a stop drives again what the meter has not shown.
    ...(startsAgain(input) ? {} : { resumes: true }),
  }),
  freeze: ({ stops = [] }) => (stops.length > 0 ? { stops } : {}),
  recovered: (records) => (records.at(-1)?.stops === undefined ? {} : { stops: records.at(-1)?.stops }),
};

/**
 * Stops in force after a stop or a start: one a cohort, one for the site, each ended by its own word alone. Whoever
 * stopped a cohort has a reason of their own, whatever becomes of the site's stop.
 */
export function stopsAfter(known: readonly SafetyStop[], input: StopInput): readonly SafetyStop[] {
  const { cohortId, actor, reason, at } = input;
  const others = known.filter((one) => one.cohortId !== cohortId);
  if (input.kind === "stop-over") return others;
  return [...others, { ...(cohortId === undefined ? {} : { cohortId }), actor, reason, at }];
}

/** Whether a cohort is stopped. */
export function isStopped(stops: readonly SafetyStop[] | undefined, id: CohortId): boolean {
  return stops?.some(({ cohortId }) => cohortId === undefined || cohortId === id) === true;
}

/** Whether a message stops machines for safety, or lets them start again. */
export function isStopInput(input: Told): input is StopInput {
  return input.kind in safetyStops.messages;
}

/** What says that machines stop, or may start again. */
export const STOP_KINDS = { stop: "stop", start: "stop-over" } as const;

/** Whether it lets them start again. */
export function startsAgain({ kind }: Pick<StopInput, "kind">): boolean {
  return kind === STOP_KINDS.start;
}
