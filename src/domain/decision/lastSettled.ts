import { parseIntervalKey } from "../market/calendar.ts";
import { settledAdder } from "../market/settledAdder.ts";
import type { DecisionInput } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/**
 * Newest settled interval whose SCED runs are complete too, with its adder; undefined when there is none. A negative
 * difference counts as 0: it says nothing about the running interval and may not pull a restart.
 */
export function lastSettled(state: SiteState): DecisionInput["lastSettled"] {
  for (const settled of state.settled.toReversed()) {
    const adder = settledAdder({
      interval: parseIntervalKey(settled.intervalKey),
      runs: state.scedRuns,
      priceUsdPerMwh: settled.priceUsdPerMwh,
    });
    if (adder !== undefined) return { ...settled, adderUsdPerMwh: Math.max(adder, 0) };
  }
  return undefined;
}
