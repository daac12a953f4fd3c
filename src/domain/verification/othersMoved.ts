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
 * `at`, by some looks, ascending; undefined where none was ordered, and "untold" where nobody knows how much. A move may
 * have come about in part, up to all that was ordered. It has come about once a later dispatch, or its own, has closed
 * 300 s ago with each machine of the cohort read back there, and with its whole change on the meter, or with these
 * cohorts not all there: then what is missing is theirs. Of a dispatch that still moved the load at the base nobody
 * knows how much was to come.
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
  let [leastKw, mostKw] = [0, 0];
  const others = new Set([...begun, ...after].flatMap(({ changes = [] }) => changes.map(({ cohortId }) => cohortId)));
  for (const cohortId of others) {
    if (cohortIds.includes(cohortId)) continue;
    const settled = settledAt(after, cohortId, cohortIds, at);
    for (const [place, one] of after.entries()) {
      for (const change of changesOf(one, cohortId)) {
        const move = place <= settled ? whole(change) : inPart(change);
        leastKw += move.leastKw;
        mostKw += move.mostKw;
      }
    }
    for (const change of begun.flatMap((one) => changesOf(one, cohortId))) {
      leastKw += inPart(change).leastKw;
      mostKw += inPart(change).mostKw;
    }
  }
  return leastKw === 0 && mostKw === 0 ? undefined : { leastKw, mostKw };
}

/** The dispatches that the load still followed at the base; undefined where the looks do not reach back to the first. */
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

function changesOf({ changes = [] }: MeterLook, cohortId: string): readonly CohortChange[] {
  return changes.filter((change) => change.cohortId === cohortId);
}

/** Place of the last dispatch by which all that was ordered of a cohort since the base has come about; -1 for none. */
function settledAt(after: readonly MeterLook[], cohortId: string, cohortIds: readonly CohortId[], at: Instant): number {
  const known = after.findIndex((one) => changesOf(one, cohortId).some(({ deltaKw }) => deltaKw === undefined));
  return (known === -1 ? after : after.slice(0, known)).findLastIndex(({ changes = [], ended }) => {
    if (ended === undefined || secondsBetween(ended.at, at) < FOLLOWED_SECONDS) return false;
    const { isConfirmed, finishedCohortIds: finished } = ended;
    const areOwnMissing = changes.some((one) => cohortIds.includes(one.cohortId) && !finished.includes(one.cohortId));
    return finished.includes(cohortId) && (isConfirmed || areOwnMissing);
  });
}

function inPart({ fallKw, riseKw }: CohortChange): OthersMove {
  return { leastKw: -(1 + DRAWN_SHARE) * fallKw, mostKw: (1 + DRAWN_SHARE) * riseKw };
}

function whole({ deltaKw = Number.NaN }: CohortChange): OthersMove {
  const doubtKw = DRAWN_SHARE * Math.abs(deltaKw);
  return { leastKw: deltaKw - doubtKw, mostKw: deltaKw + doubtKw };
}
