import type { CohortId } from "../units/ids.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { count, instant, listOf, name, number, object, optional } from "./checks.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** The kind of it, for whoever counts. */
export const FLEET_ABLE = "fleet-able";

/** Who of a site's machines is able to run, as one survey of its fleet counted. */
export interface FleetAbleInput extends Told {
  readonly kind: typeof FLEET_ABLE;
  readonly cohorts: readonly AbleCohort[];
  readonly observedAt: Instant;
}

/** A cohort's machines that are able to run, and what they draw. */
export interface AbleCohort {
  readonly cohortId: CohortId;
  readonly machines: number;
  /** Of them, those that sleep by their own word; absent in older counts. */
  readonly asleep?: number;
  /** Power that their controllers report, kW; absent where some do not. */
  readonly powerKw?: number;
}

/** A cohort's last count. */
export interface KnownAble extends AbleCohort {
  /** Where a later survey could not read it. */
  readonly observedAt?: Instant;
}

/**
 * The newest survey, and of each cohort that it could not read the last count before; absent before the first, and in a
 * record also once it is too old: then the plan's machines are.
 */
export interface KnownFleetAble {
  readonly fleetAble?: { readonly cohorts: readonly KnownAble[]; readonly observedAt: Instant };
}

/** A count that six surveys have not renewed says nothing of who is able to run, market seconds. */
const AGE_SECONDS_MAX = 1_800;

/** Who is able to run: it rides with the next price, and the decision on that goes by it. */
export const fleetAble: SiteFact<FleetAbleInput, KnownFleetAble, KnownFleetAble, KnownFleetAble> = {
  kind: FLEET_ABLE,
  scope: "site",
  called: "machines able to run",
  rides: true,
  messages: {
    [FLEET_ABLE]: {
      cohorts: listOf(object({ cohortId: name, machines: count, asleep: optional(count), powerKw: optional(number) })),
      observedAt: instant,
    },
  },
  none: {},
  problem: ({ at, observedAt }) =>
    at === observedAt ? undefined : `at is ${at}; expected ${observedAt}, the moment at which the survey counted`,
  absorb({ fleetAble: known }, { cohorts: surveyed, observedAt }, { site }) {
    if (known !== undefined && observedAt < known.observedAt) return { patch: {}, relevant: false };
    const isOf = (one: AbleCohort, of: readonly { readonly cohortId: CohortId }[]): boolean =>
      of.some(({ cohortId }) => cohortId === one.cohortId);
    const unread = known?.cohorts.filter((one) => !isOf(one, surveyed) && isOf(one, site.cohorts)) ?? [];
    const kept = unread.map((one): KnownAble => ({ ...one, observedAt: one.observedAt ?? known?.observedAt }));
    const cohorts = [...surveyed, ...kept];
    return { patch: { fleetAble: { cohorts, observedAt } }, relevant: !sameCounts(known?.cohorts ?? [], cohorts) };
  },
  freeze: (known, { asOf }) => ableAt(known, asOf),
  recovered: (records) => (records.at(-1)?.fleetAble === undefined ? {} : { fleetAble: records.at(-1)?.fleetAble }),
};

/** The newest counts as far as they still say who is able to run. */
export function ableAt({ fleetAble: known }: KnownFleetAble, asOf: Instant): KnownFleetAble {
  const isOld = (observedAt: Instant): boolean => addSeconds(observedAt, AGE_SECONDS_MAX) <= asOf;
  if (known === undefined || isOld(known.observedAt)) return {};
  const cohorts = known.cohorts.filter(({ observedAt = known.observedAt }) => !isOld(observedAt));
  return { fleetAble: { ...known, cohorts } };
}

function sameCounts(one: readonly AbleCohort[], other: readonly AbleCohort[]): boolean {
  const counts = (cohorts: readonly AbleCohort[]): unknown =>
    Object.fromEntries(cohorts.map(({ cohortId, machines }) => [cohortId, machines]));
  return sameValue(counts(one), counts(other));
}
