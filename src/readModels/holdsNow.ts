import type { DecisionRecord } from "../domain/decision/model.ts";
import type { InvoluntaryTripInput, StandingTrip } from "../domain/inputs/involuntaryTrip.ts";
import type { SafetyStop } from "../domain/inputs/safetyStops.ts";
import type { KeptHolds } from "../ports/siteRecords.ts";

/** What holds machines down until a person lets go. */
export interface HoldsNow {
  readonly trips: readonly (StandingTrip & Held)[];
  readonly stops: readonly (SafetyStop & Held)[];
}

interface Held {
  /** False for what is kept for the site that no decision of it has taken up yet. */
  readonly isDecided: boolean;
}

/** Trips and safety stops that stand by a site's newest decision, then those that are kept and not decided on yet. */
export function holdsNow(record: Pick<DecisionRecord, "input"> | undefined, kept?: KeptHolds): HoldsNow {
  const { trips = [], stops = [] } = record?.input.facts ?? {};
  // A site that came back from its records dates a stop anew: who stopped what, and why, is the same.
  const isKnown = ({ cohortId, actor, reason }: SafetyStop): boolean =>
    stops.some((one) => one.cohortId === cohortId && one.actor === actor && one.reason === reason);
  return {
    trips: [...trips.map(decided), ...(kept?.trips ?? []).map(standing)],
    stops: [...stops.map(decided), ...(kept?.stops ?? []).filter((stop) => !isKnown(stop)).map(undecided)],
  };
}

function decided<T extends object>(hold: T): T & Held {
  return { ...hold, isDecided: true };
}

function undecided<T extends object>(hold: T): T & Held {
  return { ...hold, isDecided: false };
}

function standing({ at, fromKw, toKw, cohorts }: InvoluntaryTripInput): StandingTrip & Held {
  return undecided({ at, fromKw, toKw, cohorts });
}
