import type { DecisionRecord } from "../decision/model.ts";
import type { CohortTarget } from "./model.ts";

/**
 * Why a dispatch is not driven: no recorded decision of the site ordered this revision, or it ordered other modes.
 * `decided` is what the site's record of this revision dispatches; undefined where there is none. Undefined when the
 * dispatch is what was decided.
 */
export function undecidedProblem(
  decided: DecisionRecord["dispatch"],
  siteId: string,
  revision: number,
  targets: readonly Pick<CohortTarget, "cohortId" | "modeId">[],
): string | undefined {
  if (decided?.revision !== revision)
    return `no recorded decision of site ${siteId} dispatches revision ${revision}: nothing is commanded`;
  for (const { cohortId, modeId } of targets) {
    const ordered = decided.targets.find((target) => target.cohortId === cohortId)?.modeId;
    if (ordered !== modeId)
      return (
        `revision ${revision} of site ${siteId} was decided with cohort ${cohortId} at ${ordered ?? "no mode"}, the ` +
        `dispatch says ${modeId}: nothing is commanded`
      );
  }
  return undefined;
}
