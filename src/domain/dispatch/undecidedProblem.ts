import type { ModeShare, Split } from "../decision/split.ts";
import type { CohortId, SiteId } from "../units/ids.ts";

/** What a record of a site dispatches, as far as it is compared. */
export interface DecidedDispatch {
  readonly revision: number;
  readonly targets: readonly { readonly cohortId: CohortId; readonly split: Split }[];
}

/**
 * Why a dispatch is not driven: no recorded decision of the site ordered this revision, or it put other numbers of
 * machines into other modes. `decided` is what the site's record of this revision dispatches; undefined where there is
 * none. `part`: these shares of a cohort are not all. Undefined when the dispatch is what was decided.
 */
export function undecidedProblem(
  decided: DecidedDispatch | undefined,
  siteId: SiteId,
  revision: number,
  cohorts: readonly { readonly cohortId: CohortId; readonly shares: readonly ModeShare[]; readonly part?: true }[],
): string | undefined {
  if (decided?.revision !== revision)
    return `no recorded decision of site ${siteId} dispatches revision ${revision}: nothing is commanded`;
  for (const { cohortId, shares, part } of cohorts) {
    const ordered = decided.targets.find((target) => target.cohortId === cohortId)?.split;
    const isOrdered = (share: ModeShare): boolean =>
      ordered?.some(({ modeId, machines }) => modeId === share.modeId && machines === share.machines) === true;
    if (!shares.every(isOrdered) || (part === undefined && shares.length !== ordered?.length))
      return (
        `revision ${revision} of site ${siteId} was decided with cohort ${cohortId} at ${textOf(ordered)}, the ` +
        `dispatch says ${textOf(shares)}: nothing is commanded`
      );
  }
  return undefined;
}

function textOf(shares: readonly ModeShare[] | undefined): string {
  if (shares === undefined || shares.length === 0) return "no mode";
  return shares.map(({ modeId, machines }) => `${machines} ${modeId}`).join(", ");
}
