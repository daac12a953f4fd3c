import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { MeterLook } from "./loadFall.ts";

/**
 * The first instant from which the site meter shows ordered moves of other cohorts too, of some looks, ascending: after
 * the reading that a dispatch made before commands to a cohort beside `cohortIds`, from the look at the base on; the
 * base itself where such a dispatch still moved the load then. A dispatch that takes another back does not say whom it
 * moves: it may move any. Undefined while the meter shows these cohorts alone; the base where no look tells of it.
 */
export function othersMoved(
  looks: readonly MeterLook[],
  baseAt: Instant,
  cohortIds: readonly CohortId[],
): Instant | undefined {
  const base = looks.find(({ at }) => at === baseAt);
  if (base === undefined) return baseAt;
  const isOthers = ({ ordered }: MeterLook): boolean =>
    ordered === undefined || ordered.cohortIds.some((cohortId) => !cohortIds.includes(cohortId));
  const dispatches = looks.filter(({ beforeRevision }) => beforeRevision !== undefined);
  // Loads that moved at the base follow the dispatch before it, and those that this one found in motion.
  let isMoving = base.isMoving;
  for (const one of dispatches.filter(({ at }) => at < baseAt).toReversed()) {
    if (!isMoving) break;
    if (isOthers(one)) return baseAt;
    isMoving = one.isMoving;
  }
  return isMoving ? baseAt : dispatches.find((one) => one.at >= baseAt && isOthers(one))?.at;
}
