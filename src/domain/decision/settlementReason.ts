import type { Reason } from "./model.ts";

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

/**
 * The one table from the reason of a decision to its settlement reason, which decides whether a curtailed MWh is paid,
 * and its SLA exclusion (undefined: the hours count as downtime). A site's own policies on
 * silence and on a low PRC are priced like any own choice and excuse nobody; a safety stop is the host's outage.
 */
export const SETTLEMENT_REASON: Readonly<
  Record<Reason, { readonly settlement: SettlementReason; readonly slaExclusion?: SlaExclusion }>
> = {
  "lock-out": { settlement: "UNAVAILABLE", slaExclusion: "PLANNED_MAINTENANCE" },
  "safety-stop": { settlement: "UNAVAILABLE" },
  "involuntary-shed": { settlement: "UNAVAILABLE", slaExclusion: "UTILITY_OUTAGE" },
  instruction: { settlement: "GRID_RULE", slaExclusion: "GRID_RULE" },
  deployment: { settlement: "AS_DEPLOYMENT", slaExclusion: "AS_DEPLOYMENT" },
  "sb6-directive": { settlement: "GRID_RULE", slaExclusion: "GRID_RULE" },
  reservation: { settlement: "AS_RESERVATION", slaExclusion: "AS_DEPLOYMENT" },
  "eea-policy": { settlement: "GRID_RULE", slaExclusion: "GRID_RULE" },
  "operator-order": { settlement: "ECONOMIC", slaExclusion: "ECONOMIC" },
  "client-contract": { settlement: "CLIENT_ELECTED", slaExclusion: "CLIENT_ELECTED" },
  "coincident-peak": { settlement: "CP_AVOIDANCE", slaExclusion: "CP_AVOIDANCE" },
  "pre-alert": { settlement: "ECONOMIC" },
  silence: { settlement: "ECONOMIC" },
  economic: { settlement: "ECONOMIC", slaExclusion: "ECONOMIC" },
};
