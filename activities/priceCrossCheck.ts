import { intervalKey } from "../src/domain/market/calendar.ts";
import { crossCheckProblem } from "../src/domain/market/crossCheck.ts";
import type { SettlementPriceObservation } from "../src/domain/market/model.ts";
import type { MarketStore, StoredObservation } from "../src/ports/marketStore.ts";

/** Prices that a second route shows and the route of record does not have yet, by interval key. Plain JSON. */
export type Unmatched = Readonly<Record<string, SettlementPriceObservation>> | undefined;

/** A day of quarter hours, and the longest day. */
const UNMATCHED_MAX = 100;

/** New and changed settlement prices of a second route wait for the price of record. */
export function withUnmatched(before: Unmatched, stored: readonly StoredObservation[]): Unmatched {
  const fresh = stored.flatMap(({ observation }) =>
    observation.kind === "settlement-price" ? [[intervalKey(observation.interval), observation] as const] : [],
  );
  return fresh.length === 0 ? before : { ...before, ...Object.fromEntries(fresh) };
}

/**
 * Compares what a second route shows with the prices of record of `point`, as soon as both are there; `tell` hears of
 * each disagreement. Returns what still waits, at most 100 intervals. Rejects with PortUnavailableError when the
 * database is away.
 */
export async function matched(
  market: MarketStore,
  point: { readonly settlementPoint: string; readonly settlementPointType: string },
  waiting: Unmatched,
  tell: (fields: { readonly interval: string; readonly version: number; readonly problem: string }) => void,
): Promise<Unmatched> {
  const shown = Object.entries(waiting ?? {});
  if (shown.length === 0) return waiting;
  const { settlementPoint, settlementPointType } = point;
  const keys = shown.map(([key]) => key);
  const record = await market.settlementPrices(settlementPoint, settlementPointType, keys);
  for (const [interval, price] of shown) {
    const known = record.get(interval);
    if (known === undefined) continue;
    const problem = crossCheckProblem({
      recordUsdPerMwh: Number(known.priceUsdPerMwh),
      shownUsdPerMwh: Number(price.priceUsdPerMwh),
      sameType: price.settlementPointType === settlementPointType,
    });
    if (problem !== undefined) tell({ interval, version: known.version, problem });
  }
  const rest = shown.filter(([key]) => !record.has(key)).slice(-UNMATCHED_MAX);
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
