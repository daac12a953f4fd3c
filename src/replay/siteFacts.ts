import type { SiteInput } from "../domain/inputs/facts.ts";
import type { DecisionRecord } from "../domain/decision/model.ts";
import type { LedgerCount } from "../domain/settlement/ledgerCount.ts";
import type { GapRecord } from "../domain/evidence/model.ts";
import type { StartedDispatch } from "./layers/commandWaves.ts";
import type { RunStart } from "./siteHistory.ts";

/** What the histories of a bundle say, collected run by run for the layers that need them all. */
export interface SiteFacts {
  readonly records: { readonly record: DecisionRecord; readonly start: RunStart; readonly where: string }[];
  readonly arrivals: { readonly input: SiteInput; readonly where: string }[];
  /** What the fleet's ledger counted for a decision, by its sequence, as the history has it of newer programs. */
  readonly counted: Map<number, readonly LedgerCount[]>;
  /** Child workflows by id. */
  readonly children: Map<string, StartedDispatch>;
  readonly dispatchResults: { readonly workflowId: string; readonly result: unknown; readonly where: string }[];
  /** Stretches whose decisions are not in the bundle, with the newest revision known before each. */
  readonly gaps: GapRecord[];
  /** `above` is absent where nothing is known of the time before. */
  readonly lostRevisions: { readonly above: number | undefined; readonly upTo: number }[];
}

/** Facts before any history was read. */
export function noFacts(): SiteFacts {
  return {
    records: [],
    arrivals: [],
    counted: new Map(),
    children: new Map(),
    dispatchResults: [],
    gaps: [],
    lostRevisions: [],
  };
}
