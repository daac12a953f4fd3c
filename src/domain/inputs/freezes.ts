import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { name, optional } from "./checks.ts";
import { isStopped, type KnownStops } from "./safetyStops.ts";
import type { SiteFact, SiteView } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** Commands to a cohort, or to the whole site, are frozen, or may go again. */
export interface FreezeInput extends Told {
  readonly kind: "freeze" | "thaw";
  /** Every cohort when absent. */
  readonly cohortId?: CohortId;
  readonly actor: string;
  readonly reason: string;
}

/** Commands to a cohort, or to every cohort, are frozen: nothing is sent until somebody thaws them. */
export interface Freeze {
  /** Every cohort when absent. */
  readonly cohortId?: CohortId;
  readonly actor: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Freezes in force; absent before the first. */
export interface KnownFreezes {
  readonly freezes?: readonly Freeze[];
}

/** Cohorts to which no command goes until somebody thaws them; absent when there are none. */
export interface FrozenCohorts {
  readonly frozenCohorts?: readonly string[];
}

/** Who stopped commands, and until when. */
export const freezes: SiteFact<FreezeInput, KnownFreezes & KnownStops, KnownFreezes, FrozenCohorts> = {
  kind: "freeze",
  scope: "site",
  called: "freezes",
  isAsked: true,
  messages: {
    freeze: { cohortId: optional(name), actor: name, reason: name },
    thaw: { cohortId: optional(name), actor: name, reason: name },
  },
  none: {},
  absorb: ({ freezes: known = [] }, input) => ({
    patch: { freezes: freezesAfter(known, input) },
    relevant: true,
    ...(input.kind === "thaw" ? { resumes: true } : {}),
  }),
  /** A safety stop reaches the machines through a freeze. */
  freeze({ freezes: known = [], stops }, { site }) {
    const frozen = frozenCohorts(site, known).filter((cohortId) => !isStopped(stops, cohortId));
    return frozen.length > 0 ? { frozenCohorts: frozen } : {};
  },
  /** Records do not say who froze what: freezes stand in their own table and arrive again. */
  recovered: () => ({}),
};

/** Cohorts of a site to which no command goes. */
export function frozenCohorts({ cohorts }: Pick<SiteView, "cohorts">, known: readonly Freeze[]): readonly string[] {
  const isFrozen = (id: string): boolean => known.some(({ cohortId }) => cohortId === undefined || cohortId === id);
  return cohorts.map(({ cohortId }) => cohortId).filter(isFrozen);
}

/**
 * Freezes in force after a freeze or thaw: one a cohort, one for the site, each ended by its own thaw alone. Whoever
 * froze a cohort has people at it, whatever becomes of the site's freeze.
 */
export function freezesAfter(known: readonly Freeze[], input: FreezeInput): readonly Freeze[] {
  const { cohortId, actor, reason, at } = input;
  const others = known.filter((one) => one.cohortId !== cohortId);
  return input.kind === "thaw" ? others : [...others, { cohortId, actor, reason, at }];
}

/** Whether a message freezes commands or lets them go again. */
export function isFreezeInput(input: Told): input is FreezeInput {
  return input.kind in freezes.messages;
}
