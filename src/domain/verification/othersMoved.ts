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
 * much was to come. One that takes others back orders what they did, and its own, together.
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
  const since = dispatches.filter((one) => one.at >= baseAt && one.at < at);
  const reachesBack = (look: MeterLook): boolean => dispatches.some((one) => one.at < baseAt && takesBack(look, one));
  if (begun === undefined || [...begun, ...since].some((one) => mayBeOthers(one, cohortIds))) return "untold";
  if (since.some((one) => reachesBack(one) && movesOf(one, cohortIds).length > 0)) return "untold";
  const moves = [
    ...begun.flatMap((one) => movesOf(one, cohortIds).map(inPart)),
    ...since.flatMap((one) =>
      movesOf(one, cohortIds)
        .filter(({ cohortId }) => !since.some((later) => takesBack(later, one) && isOrderedBy(later, cohortId)))
        .map((change) => (isWhole(change, one, cohortIds, at) ? whole(change) : inPart(change))),
    ),
  ];
  const leastKw = moves.reduce((kw, move) => kw + move.leastKw, 0);
  const mostKw = moves.reduce((kw, move) => kw + move.mostKw, 0);
  return leastKw === 0 && mostKw === 0 ? undefined : { leastKw, mostKw };
}

/** Whether what a dispatch orders counts from before another's commands, which it takes back. */
function takesBack(
  { beforeRevision: later = Number.NaN, changes }: MeterLook,
  { beforeRevision = Number.NaN }: MeterLook,
): boolean {
  return changes !== undefined && beforeRevision >= changes.sinceRevision && beforeRevision < later;
}

function isOrderedBy({ changes }: MeterLook, cohortId: string): boolean {
  return changes?.cohorts.some((one) => one.cohortId === cohortId) === true;
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

/** What a dispatch orders of other cohorts that it moves, or whose machines may have moved meanwhile. */
function movesOf({ changes }: MeterLook, cohortIds: readonly CohortId[]): readonly CohortChange[] {
  const isMove = ({ fallKw, riseKw }: CohortChange): boolean => fallKw > 0 || riseKw > 0;
  return changes === undefined ? [] : changes.cohorts.filter((one) => isMove(one) && !cohortIds.includes(one.cohortId));
}

/** Whether what a dispatch ordered of another cohort has come about, all of it. */
function isWhole(
  { cohortId }: CohortChange,
  { changes, ended }: MeterLook,
  cohortIds: readonly CohortId[],
  at: Instant,
): boolean {
  if (ended === undefined || secondsBetween(ended.at, at) < FOLLOWED_SECONDS) return false;
  const isThere = (id: string): boolean => ended.finishedCohortIds.includes(id);
  const areOwnMissing =
    changes?.cohorts.some((one) => cohortIds.includes(one.cohortId) && !isThere(one.cohortId)) === true;
  return isThere(cohortId) && (ended.isConfirmed || areOwnMissing);
}

function inPart({ fallKw, riseKw }: CohortChange): OthersMove {
  return { leastKw: -(1 + DRAWN_SHARE) * fallKw, mostKw: (1 + DRAWN_SHARE) * riseKw };
}

function whole({ deltaKw }: CohortChange): OthersMove {
  const doubtKw = DRAWN_SHARE * Math.abs(deltaKw);
  return { leastKw: deltaKw - doubtKw, mostKw: deltaKw + doubtKw };
}
