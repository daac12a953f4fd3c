import { intervalEnd, intervalKey } from "../market/calendar.ts";
import type { Provenance, SettlementInterval } from "../market/model.ts";
import type { ObservedFact } from "./marketFact.ts";

/** Demand of the whole system in a quarter hour, MW as published. */
export interface SystemDemandObservation extends Provenance {
  readonly kind: "system-demand";
  readonly interval: SettlementInterval;
  readonly demandMw: string;
}

/** Demand of the system by quarter hour: what coincident peaks are made of. Kept, no site is told. */
export const systemDemand: ObservedFact<SystemDemandObservation> = {
  kind: "system-demand",
  scope: "system",
  called: "system demand",
  comparedAs: "number",
  columns: ({ interval, demandMw }) => ({ point: "", pointType: "", key: intervalKey(interval), value: demandMw }),
  saidAt: ({ interval }) => intervalEnd(interval),
  place: ({ interval }) => intervalKey(interval),
  text: ({ demandMw }) => `${demandMw} MW`,
};
