import type { RuleSite } from "../band.ts";
import { demandedMaxKw } from "../../inputs/demand.ts";
import type { Demand } from "../../inputs/demand.ts";
import { kwAt } from "../frame.ts";
import { constantKw } from "../siteKw.ts";
import { off } from "./exactly.ts";
import type { Bound } from "../band.ts";
import type { CohortId } from "../../units/ids.ts";

/**
 * How a demand bounds the cohorts that it names, or the site: off is each cohort's own, a level or an amount is of the
 * one cohort that it names, else of the whole site with its firm and house load.
 */
export function demandBounds(
  { plan, frames }: RuleSite,
  demand: Demand | undefined,
  cohortIds: readonly CohortId[] | undefined,
): Pick<Bound, "cohortId" | "maxKw">[] {
  const named = frames.filter(({ cohort }) => cohortIds?.includes(cohort.cohortId) ?? true);
  if (demand === undefined || demand.kind === "off") return named.map(off);
  const normalKw = named.reduce((kw, frame) => kw + kwAt(frame, frame.normal), 0);
  if (cohortIds !== undefined)
    return named.map(({ cohort }) => ({ cohortId: cohort.cohortId, maxKw: demandedMaxKw(demand, normalKw) }));
  return [{ maxKw: demandedMaxKw(demand, normalKw + constantKw(plan)) }];
}
