import type { CohortChange } from "../dispatch/cohortChanges.ts";
import type { CohortId } from "../units/ids.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import type { MeterLook } from "./loadFall.ts";

/** Machines may draw this share more or less than what their modes say. */
const DRAWN_SHARE = 0.1;
/** A load has followed a dispatch this long after that closed, s. */
const FOLLOWED_SECONDS = 300;

/** What ordered moves of other cohorts may have changed on the site meter, kW; negative is a fall. */
export interface OthersMove {
  readonly leastKw: number;
  readonly mostKw: number;
}

/**
 * What ordered moves of cohorts beside `cohortIds` may have changed on the site meter from the look at the base until
 * `at`, by some looks, ascending; undefined where none was ordered, "untold" where nobody knows how much. A move may
 * have come about in part, up to all that was ordered. It has come about whole once its dispatch has closed 300 s ago
 * with each machine of the cohort read back there, and with all of its change on the meter; or with these cohorts not
 * all there, for then what is missing is theirs. Of a dispatch that still moved the load at the base nobody knows how
 * much was to come.
 */
export function othersMoved(
  looks: readonly MeterLook[],
  baseAt: Instant,
  cohortIds: readonly CohortId[],
  at: Instant,
): OthersMove | "untold" | undefined {
  if (at <= baseAt) return undefined;
  const base = looks.find((look) => look.at === baseAt);
  if (base === undefined) return "untold";
  const dispatches = looks.filter(({ beforeRevision }) => beforeRevision !== undefined);
  const begun = stillMoving(base, dispatches);
  const after = dispatches.filter((one) => one.at >= baseAt && one.at < at);
  if (begun === undefined || [...begun, ...after].some((one) => mayBeOthers(one, cohortIds))) return "untold";
  const moves = [
    ...begun.flatMap((one) => movesOf(one, cohortIds).map(inPart)),
    ...after.flatMap((one) =>
      movesOf(one, cohortIds).map((change) => (isWhole(change, one, cohortIds, at) ? whole(change) : inPart(change))),
    ),
  ];
  const leastKw = moves.reduce((kw, move) => kw + move.leastKw, 0);
  const mostKw = moves.reduce((kw, move) => kw + move.mostKw, 0);
  return leastKw === 0 && mostKw === 0 ? undefined : { leastKw, mostKw };
}

/** The dispatches that the load still followed at the base; undefined where looks do not reach back to the first. */
function stillMoving(base: MeterLook, dispatches: readonly MeterLook[]): readonly MeterLook[] | undefined {
  const begun: MeterLook[] = [];
  let { isMoving } = base;
  for (const one of dispatches.filter(({ at }) => at < base.at).toReversed()) {
    if (!isMoving) break;
    begun.push(one);
    isMoving = one.isMoving;
  }
  return isMoving ? undefined : begun;
}

/** Whether a dispatch may move others by an amount that nobody kept. */
function mayBeOthers({ changes, ordered }: MeterLook, cohortIds: readonly CohortId[]): boolean {
  if (changes !== undefined) return false;
  return ordered === undefined || ordered.cohortIds.some((cohortId) => !cohortIds.includes(cohortId));
}

function movesOf({ changes = [] }: MeterLook, cohortIds: readonly CohortId[]): readonly CohortChange[] {
  return changes.filter(({ cohortId }) => !cohortIds.includes(cohortId));
}

/** Whether what a dispatch ordered of another cohort has come about, all of it. */
function isWhole(
  { cohortId, deltaKw }: CohortChange,
  { changes = [], ended }: MeterLook,
  cohortIds: readonly CohortId[],
  at: Instant,
): boolean {
  if (deltaKw === undefined || ended === undefined || secondsBetween(ended.at, at) < FOLLOWED_SECONDS) return false;
  const isThere = (id: string): boolean => ended.finishedCohortIds.includes(id);
  const areOwnMissing = changes.some((one) => cohortIds.includes(one.cohortId) && !isThere(one.cohortId));
  return isThere(cohortId) && (ended.isConfirmed || areOwnMissing);
}

function inPart({ fallKw, riseKw }: CohortChange): OthersMove {
  return { leastKw: -(1 + DRAWN_SHARE) * fallKw, mostKw: (1 + DRAWN_SHARE) * riseKw };
}

function whole({ deltaKw = Number.NaN }: CohortChange): OthersMove {
  const doubtKw = DRAWN_SHARE * Math.abs(deltaKw);
  return { leastKw: deltaKw - doubtKw, mostKw: deltaKw + doubtKw };
}
