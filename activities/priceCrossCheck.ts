import type { Unmatched } from "../src/domain/inputs/crossCheck.ts";
import { crossCheckProblem } from "../src/domain/market/crossCheck.ts";
import type { MarketStore } from "../src/ports/marketStore.ts";
import type { SettlementPoint } from "../src/domain/market/settlementPoint.ts";

/** A day of quarter hours, and the longest day. */
const UNMATCHED_MAX = 100;

/**
 * Compares what a second route shows with the prices of record of `point`, as soon as both are there; `tell` hears of
 * each disagreement. Returns what still waits, at most 100 intervals. Rejects with PortUnavailableError when the
 * database is away.
 */
export async function matched(
  market: MarketStore,
  point: SettlementPoint,
  waiting: Unmatched,
  tell: (fields: { readonly interval: string; readonly version: number; readonly problem: string }) => void,
): Promise<Unmatched> {
  const shown = Object.entries(waiting ?? {});
  if (shown.length === 0) return waiting;
  const keys = shown.map(([key]) => key);
  const record = await market.settlementPrices(point, keys);
  for (const [interval, price] of shown) {
    const known = record.get(interval);
    if (known === undefined) continue;
    const problem = crossCheckProblem({
      recordUsdPerMwh: Number(known.priceUsdPerMwh),
      shownUsdPerMwh: Number(price.priceUsdPerMwh),
      sameType: price.settlementPointType === point.settlementPointType,
    });
    if (problem !== undefined) tell({ interval, version: known.version, problem });
  }
  const rest = shown.filter(([key]) => !record.has(key)).slice(-UNMATCHED_MAX);
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
