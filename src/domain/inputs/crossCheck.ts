import { intervalKey } from "../market/calendar.ts";
import { isOf, type MarketObservation } from "./marketFacts.ts";
import { settlementPrice, type SettlementPriceObservation } from "./settlementPrice.ts";

/** Prices that a second route shows and the route of record does not have yet, by interval key. Plain JSON. */
export type Unmatched = Readonly<Record<string, SettlementPriceObservation>> | undefined;

/** New and changed settlement prices of a second route wait for the price of record. */
export function withUnmatched(before: Unmatched, observations: readonly MarketObservation[]): Unmatched {
  const fresh = observations.flatMap((one) =>
    isOf(settlementPrice, one) ? [[intervalKey(one.interval), one] as const] : [],
  );
  return fresh.length === 0 ? before : { ...before, ...Object.fromEntries(fresh) };
}
