import type { CohortFrame } from "../frame.ts";
import type { ModeComparison } from "../modeStrikes.ts";
import type { SitePlan } from "../planModel.ts";

/** How the price alone would place a cohort. */
export interface Policy {
  readonly kind: string;
  /** The neighboring pairs of a cohort's modes with the prices that separate them, lowest pair first. */
  comparisons(plan: SitePlan, frame: CohortFrame, usdPerPhDay: number): Omit<ModeComparison, "costUsdPerH">[];
  /** The position that an expected price asks for, from the one at `from`. */
  wish(
    comparisons: readonly Omit<ModeComparison, "costUsdPerH">[],
    able: number,
    from: number,
    expectedUsdPerMwh: number,
  ): number;
}
