import type { CohortFrame } from "../frame.ts";
import { kwAt } from "../frame.ts";
import type { Bound } from "../band.ts";

/** A cohort at a position and nowhere else. */
export function exactly(frame: CohortFrame, position: number): Pick<Bound, "cohortId" | "minKw" | "maxKw"> {
  const kw = kwAt(frame, position);
  return { cohortId: frame.cohort.cohortId, minKw: kw, maxKw: kw };
}

/** A cohort off. */
export function off(frame: CohortFrame): Pick<Bound, "cohortId" | "maxKw"> {
  return { cohortId: frame.cohort.cohortId, maxKw: kwAt(frame, 0) };
}

/** Nothing of a cohort comes on that is not on. */
export function noRestart(frame: CohortFrame): Pick<Bound, "cohortId" | "maxKw" | "onlyRestarts"> {
  return { cohortId: frame.cohort.cohortId, maxKw: kwAt(frame, frame.current), onlyRestarts: true };
}
