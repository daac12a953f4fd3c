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
  readonly cohortId: string;
  readonly machines: number;
  /** Power that their controllers report, kW; absent where some do not. */
  readonly powerKw?: number;
}

/** The newest count; absent before the first, and in a record also once it is too old: then the plan's machines are. */
export interface KnownFleetAble {
  readonly fleetAble?: { readonly cohorts: readonly AbleCohort[]; readonly observedAt: Instant };
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
      cohorts: listOf(object({ cohortId: name, machines: count, powerKw: optional(number) })),
      observedAt: instant,
    },
  },
  none: {},
  absorb({ fleetAble: known }, { cohorts, observedAt }) {
    if (known !== undefined && observedAt < known.observedAt) return { patch: {}, relevant: false };
    return { patch: { fleetAble: { cohorts, observedAt } }, relevant: !sameCounts(known?.cohorts ?? [], cohorts) };
  },
  freeze: (known, { asOf }) => ableAt(known, asOf),
  recovered: (records) => (records.at(-1)?.fleetAble === undefined ? {} : { fleetAble: records.at(-1)?.fleetAble }),
};

/** The newest count as far as it still says who is able to run. */
export function ableAt({ fleetAble: known }: KnownFleetAble, asOf: Instant): KnownFleetAble {
  return known === undefined || addSeconds(known.observedAt, AGE_SECONDS_MAX) <= asOf ? {} : { fleetAble: known };
}

function sameCounts(one: readonly AbleCohort[], other: readonly AbleCohort[]): boolean {
  const counts = (cohorts: readonly AbleCohort[]): unknown =>
    Object.fromEntries(cohorts.map(({ cohortId, machines }) => [cohortId, machines]));
  return sameValue(counts(one), counts(other));
}
