import type { CohortPlan, ModeComparison, SitePlan } from "../domain/decision/model.ts";
import { awayFromTold } from "../domain/decision/firstSight.ts";
import { isCommanded } from "../domain/decision/isCommanded.ts";
import type { Split } from "../domain/decision/split.ts";
import type { ClientId, CohortId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { CommandedMode, SiteStatusRows } from "../ports/siteRecords.ts";

/** A cohort: what it is ordered to, why, and the prices of its steps. What is not known yet is absent. */
export interface CohortNow {
  readonly cohortId: CohortId;
  readonly clientId: ClientId;
  readonly model: string;
  readonly machines: number;
  /** Commanded; absent before the first decision. */
  readonly split?: Split;
  readonly since?: Instant;
  readonly reason?: string;
  readonly ableToRun?: number;
  readonly commandedKw?: number;
  /** Machines that the newest count found elsewhere than told, no dispatch being under way. */
  readonly away?: { readonly asleep?: number; readonly running?: number; readonly observedAt: Instant };
  /** Breakeven and thresholds of each step between neighboring modes, lowest first. */
  readonly strikes: readonly Pick<
    ModeComparison,
    "lowerModeId" | "upperModeId" | "strikeUsdPerMwh" | "offAboveUsdPerMwh" | "onBelowUsdPerMwh"
  >[];
  readonly heldUntil?: Instant;
  readonly sentence?: string;
}

/** Each cohort of the plan, in its order, by the newest orders and the newest decision. */
export function cohortsNow(plan: SitePlan, rows: CohortRows): CohortNow[] {
  return plan.cohorts.map((cohort) => cohortNow(plan, cohort, rows));
}

type CohortRows = Pick<SiteStatusRows, "modes" | "latest" | "verdict" | "dispatchedRevision">;

/** Who is not where the last orders put it; nothing while a dispatch moves them, and of a count before its verdict. */
function awayNow(plan: SitePlan, cohort: CohortPlan, rows: CohortRows): CohortNow["away"] {
  const { latest, verdict, dispatchedRevision } = rows;
  if (latest === undefined || latest.dispatch !== undefined || dispatchedRevision !== verdict?.revision)
    return undefined;
  const { fleetAble, frozenCohorts } = latest.input.facts;
  const isOf = ({ cohortId }: { readonly cohortId: CohortId }): boolean => cohortId === cohort.cohortId;
  const count = fleetAble?.cohorts.find(isOf);
  const observedAt = count?.observedAt ?? fleetAble?.observedAt;
  const told = latest.input.cohorts.find(isOf)?.split;
  const isOlder = verdict !== undefined && observedAt !== undefined && observedAt <= verdict.closedAt;
  if (observedAt === undefined || told === undefined || isOlder || !isCommanded(plan, cohort, frozenCohorts))
    return undefined;
  const away = awayFromTold(cohort, told, count);
  return away && { ...away, observedAt };
}

function cohortNow(plan: SitePlan, cohort: CohortPlan, rows: CohortRows): CohortNow {
  const { modes, latest } = rows;
  const { cohortId, clientId, model, machines } = cohort;
  const commanded = modes.find((mode) => mode.cohortId === cohortId);
  const decided = latest?.output.cohorts.find((one) => one.cohortId === cohortId);
  const strikes = decided?.comparisons.map(
    ({ lowerModeId, upperModeId, strikeUsdPerMwh, offAboveUsdPerMwh, onBelowUsdPerMwh }) => ({
      lowerModeId,
      upperModeId,
      strikeUsdPerMwh,
      offAboveUsdPerMwh,
      onBelowUsdPerMwh,
    }),
  );
  return {
    cohortId,
    clientId,
    model,
    machines,
    split: commanded?.split,
    since: commanded?.since,
    reason: commanded?.reason,
    ableToRun: commanded?.ableToRun,
    commandedKw: commanded && kwAtSite(plan, cohort, commanded),
    away: awayNow(plan, cohort, rows),
    strikes: strikes ?? [],
    heldUntil: decided?.heldUntil,
    sentence: decided?.sentence,
  };
}

/** As the site meter would show it, the plane of the metered figure; absent for a mode that the plan has not. */
function kwAtSite({ pue }: SitePlan, { modes }: CohortPlan, { split }: CommandedMode): number | undefined {
  let kw = 0;
  for (const { modeId, machines } of split) {
    const mode = modes.find((one) => one.modeId === modeId);
    if (mode === undefined) return undefined;
    kw += (machines * mode.powerW * pue) / 1000;
  }
  return wholeWatts(kw);
}

/** kW to the watt: what is beyond is the sum's, not the meter's. */
export function wholeWatts(kw: number | undefined): number | undefined {
  return kw === undefined ? undefined : Math.round(kw * 1000) / 1000;
}
