import { parseIntervalKey } from "../market/calendar.ts";
import { settledAdder } from "../market/settledAdder.ts";
import type { DecisionInput } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Newest settled interval whose SCED runs are complete too, with its adder; undefined when there is none. */
export function lastSettled(state: SiteState): DecisionInput["lastSettled"] {
  for (const settled of state.settled.toReversed()) {
    const adder = settledAdder({
      interval: parseIntervalKey(settled.intervalKey),
      runs: state.scedRuns,
      priceUsdPerMwh: settled.priceUsdPerMwh,
    });
    if (adder !== undefined) return { ...settled, adderUsdPerMwh: adder };
  }
  return undefined;
}
