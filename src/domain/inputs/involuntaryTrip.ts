import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { count, instant, kw, listOf, name, number, object, oneOf, optional, text } from "./checks.ts";
import type { ReleaseInput } from "./orders.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** What a person names to release the hold after an involuntary trip. No order may have this id. */
export const TRIP_ID = "trip";

/** What sites and histories call it. */
export const INVOLUNTARY_TRIP = "involuntary-trip";

/** Falls of the load that are hidden in part. */
const HIDDEN_FALLS = ["dispatch", "silence"] as const;

/** One look at the site meter. */
export interface MeterLookSaid {
  readonly at: Instant;
  readonly powerKw: number;
  /** Cumulative register, Wh. */
  readonly registerWh: string;
}

/** Machines of a cohort, as surveyed before the load fell and after it. */
export interface TrippedCohort {
  readonly cohortId: CohortId;
  /** Drew before, answer no more. */
  readonly darkMachines: number;
  /** What they drew, kW at the site meter. */
  readonly darkKw: number;
  /** Are able to run after it. */
  readonly ableMachines: number;
}

/** The load fell without a command: a relay or the utility opened a feeder. */
export interface InvoluntaryTripInput extends Told {
  readonly kind: typeof INVOLUNTARY_TRIP;
  /** Between these two looks. */
  readonly fellAfter: Instant;
  readonly fellBy: Instant;
  /** The least before and the most after by meter and register, kW. */
  readonly fromKw: number;
  readonly toKw: number;
  readonly cohorts: readonly TrippedCohort[];
  /** The looks that show it, two before and three after; in a dispatch its reading before the commands, and three. */
  readonly looks: readonly MeterLookSaid[];
  /** Beyond what a dispatch ordered, or while the meter was silent; absent where it was seen with no command. */
  readonly when?: (typeof HIDDEN_FALLS)[number];
  /** In a dispatch: the most that its commands take off, kW at the site meter. */
  readonly mayFallKw?: number;
  /** Capacity of the site by its plan, kW, and of its largest machine: what a fall is measured by. */
  readonly leastFallKw: number;
  readonly sentence: string;
}

/** A trip whose hold stands. */
export interface StandingTrip {
  readonly at: Instant;
  readonly fromKw: number;
  readonly toKw: number;
  readonly cohorts: readonly Pick<TrippedCohort, "cohortId" | "darkMachines" | "ableMachines">[];
}

/** Trips that nobody has released; absent before the first. */
export interface KnownTrips {
  readonly trips?: readonly StandingTrip[];
}

/** Trips that stand at once: the newest say what is able, the first when it began. */
export const TRIPS_MAX = 20;

/** The load fell without a command. Nothing that is not on comes on until a person has released it. */
export const involuntaryTrip: SiteFact<InvoluntaryTripInput, KnownTrips, KnownTrips, KnownTrips> = {
  kind: INVOLUNTARY_TRIP,
  scope: "site",
  called: "involuntary trips",
  messages: {
    [INVOLUNTARY_TRIP]: {
      fellAfter: instant,
      fellBy: instant,
      fromKw: kw,
      toKw: number,
      leastFallKw: kw,
      cohorts: listOf(object({ cohortId: name, darkMachines: count, darkKw: kw, ableMachines: count })),
      looks: listOf(object({ at: instant, powerKw: number, registerWh: name })),
      when: optional(oneOf(HIDDEN_FALLS)),
      mayFallKw: optional(number),
      sentence: text,
    },
  },
  overhears: ["release"],
  none: {},
  absorb({ trips = [] }, input: InvoluntaryTripInput | ReleaseInput) {
    if (input.kind === "release") {
      const isIt = input.orderId === TRIP_ID && trips.length > 0;
      return isIt ? { patch: { trips: [] }, relevant: true } : { patch: {}, relevant: false };
    }
    const { at, fromKw, toKw } = input;
    const cohorts = input.cohorts.map(({ cohortId, darkMachines, ableMachines }) => ({
      cohortId,
      darkMachines,
      ableMachines,
    }));
    return { patch: { trips: [...trips, { at, fromKw, toKw, cohorts }].slice(-TRIPS_MAX) }, relevant: true };
  },
  freeze: ({ trips = [] }) => (trips.length > 0 ? { trips } : {}),
  recovered: (records) => (records.at(-1)?.trips === undefined ? {} : { trips: records.at(-1)?.trips }),
};

/** Why the hold after a trip cannot be released, for whoever asked; undefined when it can. */
export function tripReleaseProblem({ trips = [] }: KnownTrips): string | undefined {
  return trips.length > 0 ? undefined : "no involuntary trip stands: nothing is held";
}

/** The id of the message of a trip, by the first look that shows it. */
export function tripMessageId(fellBy: Instant): string {
  return `${INVOLUNTARY_TRIP}/${fellBy}`;
}

/** Whether an id is of the message of a trip. */
export function isTripMessageId(id: string): boolean {
  return id.startsWith(`${INVOLUNTARY_TRIP}/`);
}

/** Whether a message is a trip. */
export function isInvoluntaryTrip(input: Told): input is InvoluntaryTripInput {
  return input.kind === INVOLUNTARY_TRIP;
}
