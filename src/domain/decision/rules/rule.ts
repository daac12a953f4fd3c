import type { CohortId } from "../../units/ids.ts";
import type { Instant } from "../../units/instant.ts";
import type { Bound, RuleSite } from "../band.ts";
import type { DecisionInputOf as DecisionInput } from "../inputModel.ts";

/** What a curtailed MWh is booked as. `UNAVAILABLE` is taken off the baseline first and never paid. */
export type SettlementReason =
  "UNAVAILABLE" | "GRID_RULE" | "AS_DEPLOYMENT" | "AS_RESERVATION" | "CLIENT_ELECTED" | "CP_AVOIDANCE" | "ECONOMIC";

/** Hours excluded from an uptime promise; each contract lists those that count. */
export type SlaExclusion =
  | "ECONOMIC"
  | "CLIENT_ELECTED"
  | "GRID_RULE"
  | "AS_DEPLOYMENT"
  | "CP_AVOIDANCE"
  | "UTILITY_OUTAGE"
  | "PLANNED_MAINTENANCE";

/** One rule of the decision. */
export interface Rule {
  /** Its name in every record; one for each kW that it takes. */
  readonly reason: string;
  /** What a MWh that it takes is booked as, which decides whether it is paid. */
  readonly settlement: SettlementReason;
  /** Which promise of uptime its hours are excluded from; they count as downtime when absent. */
  readonly slaExclusion?: SlaExclusion;
  /**
   * What it demands now and at moments that are known, each with its time; a band that is narrower for some cohorts
   * stands once a cohort. Must not throw for an input that was accepted.
   */
  bands(site: RuleSite): readonly Bound[];
  /**
   * What a cohort that it keeps from its normal mode waits for, as a sentence for a person; `when` writes a moment.
   * Only a person ends what says nothing here.
   */
  waitsFor?(cohortId: CohortId, input: DecisionInput, when: (at: Instant) => string): string | undefined;
}
