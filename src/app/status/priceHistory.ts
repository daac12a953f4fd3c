import { basename } from "node:path";
import { postgresMarketStore } from "../../adapters/postgres/marketStore.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { intervalKey, intervalsOfDay, operatingDayOf } from "../../domain/market/calendar.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";
import { count } from "../../domain/units/figures.ts";
import { fixed } from "../../domain/units/numberText.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { PriceFileError, priceFileRows } from "../../simulators/ercot/priceFile.ts";
import type { PriceHistory } from "./economicsView.ts";

const DAYS = 30;
const DAY_SECONDS = 86_400;

/** The settled prices of a point in the last 30 days that a run has read; undefined where it has none. */
export async function settledHistory(
  pool: Pool,
  { settlementPoint, settlementPointType }: SettlementPoint,
  at: Instant,
): Promise<PriceHistory | undefined> {
  const days = Array.from({ length: DAYS + 1 }, (_, back) => operatingDayOf(addSeconds(at, -back * DAY_SECONDS)));
  const keys = [...new Set(days)].flatMap((day) => intervalsOfDay(day).map(intervalKey));
  const prices = await postgresMarketStore(pool).settlementPrices({ settlementPoint, settlementPointType }, keys);
  if (prices.size === 0) return undefined;
  return {
    pricesUsdPerMwh: [...prices.values()].map(({ priceUsdPerMwh }) => Number(priceUsdPerMwh)),
    from: `${spanText(prices.size)} of ${settlementPoint} of the last ${DAYS} days in the run`,
  };
}

const COLUMNS = {
  point: ["SettlementPointName", "SettlementPoint"],
  type: ["SettlementPointType"],
  price: ["SettlementPointPrice"],
};

/**
 * The settled prices of a point in a file as ERCOT publishes them. @throws PriceFileError when it cannot be read, a
 * price is no number, or the point has none
 */
export function fileHistory(path: string, { settlementPoint, settlementPointType }: SettlementPoint): PriceHistory {
  const pricesUsdPerMwh: number[] = [];
  for (const row of priceFileRows(path, COLUMNS)) {
    const { point, type, price } = row.cells;
    if (point !== settlementPoint || type !== settlementPointType) continue;
    if (!/^-?\d+(\.\d+)?$/.test(price)) throw row.refusal("price", "a decimal number");
    pricesUsdPerMwh.push(Number(price));
  }
  if (pricesUsdPerMwh.length === 0)
    throw new PriceFileError(`${path}: has no settled price of ${settlementPoint} (${settlementPointType})`);
  return {
    pricesUsdPerMwh,
    from: `${spanText(pricesUsdPerMwh.length)} of ${settlementPoint} in ${basename(path)}`,
  };
}

function spanText(quarterHours: number): string {
  return `${count(quarterHours, "settled quarter hour")} (${fixed(quarterHours / 96, 1)} days)`;
}
