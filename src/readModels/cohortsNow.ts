import type { CohortPlan, ModeComparison, SitePlan } from "../domain/decision/model.ts";
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
  /** Breakeven and thresholds of each step between neighboring modes, lowest first. */
  readonly strikes: readonly Pick<
    ModeComparison,
    "lowerModeId" | "upperModeId" | "strikeUsdPerMwh" | "offAboveUsdPerMwh" | "onBelowUsdPerMwh"
  >[];
  readonly heldUntil?: Instant;
  readonly sentence?: string;
}

/** Each cohort of the plan, in its order, by the newest orders and the newest decision. */
export function cohortsNow(plan: SitePlan, rows: Pick<SiteStatusRows, "modes" | "latest">): CohortNow[] {
  return plan.cohorts.map((cohort) => cohortNow(plan, cohort, rows));
}

function cohortNow(
  plan: SitePlan,
  cohort: CohortPlan,
  { modes, latest }: Pick<SiteStatusRows, "modes" | "latest">,
): CohortNow {
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
