import type { SitePlan } from "../../domain/decision/model.ts";
import { RequestRefusedError } from "../../ports/commands.ts";

/**
 * What a refused request ends with: where it names cohorts that the site does not have, its refusal also says which
 * there are. Everything else stays as it is.
 */
export function withCohorts(error: unknown, named: readonly string[] | undefined, plan: SitePlan): unknown {
  const known = plan.cohorts.map(({ cohortId }) => cohortId);
  if (!(error instanceof RequestRefusedError) || (named ?? []).every((one) => known.includes(one))) return error;
  return new RequestRefusedError(`${error.message} ${plan.siteId} has: ${known.join(", ")}.`, { cause: error });
}
